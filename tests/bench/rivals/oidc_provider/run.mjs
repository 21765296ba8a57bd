// npm oidc-provider with its memory adapter and one client that acts for itself: prints where it is reached and how.
import { createServer } from 'node:http'
import { randomBytes } from 'node:crypto'
import Provider from 'oidc-provider'

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const base_url = `http://127.0.0.1:${server.address().port}`
  const client_id = 'bench'
  const client_secret = randomBytes(32).toString('base64url')
  const provider = new Provider(base_url, {
    clients: [{
      client_id, client_secret, scope: 'beats.read', grant_types: ['client_credentials'], redirect_uris: [],
      response_types: [], token_endpoint_auth_method: 'client_secret_basic',
    }],
    scopes: ['beats.read'],
    ttl: { ClientCredentials: 3600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
    },
  })
  server.on('request', provider.callback())
  console.log(JSON.stringify({ base_url, client_id, client_secret, token: '/token', introspect: '/token/introspection' }))
})
