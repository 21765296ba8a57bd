// npm oidc-provider with its memory adapter and its own pages (any name, any password), for a confidential and a public
// client. Prints one line that says where it is and who the clients are.
import { createServer } from 'node:http'
import { randomBytes } from 'node:crypto'
import Provider from 'oidc-provider'

const loopback = ['http://127.0.0.1/callback', 'http://[::1]/callback']
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const client_secret = randomBytes(32).toString('base64url')
  const common = {
    application_type: 'native', // loopback on any port, and schemes of its own
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...loopback, 'com.example.studio:/callback'],
  }
  const clients = [
    { ...common, client_id: 'basic', client_secret, token_endpoint_auth_method: 'client_secret_basic' },
    { ...common, client_id: 'post', client_secret, token_endpoint_auth_method: 'client_secret_post' },
    { ...common, client_id: 'public', token_endpoint_auth_method: 'none' },
  ]
  const provider = new Provider(issuer, {
    clients,
    scopes: ['openid', 'offline_access', 'profile', 'beats.read'],
    claims: { openid: ['sub'], profile: ['name'] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: sub }) }),
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (ctx, client, token) => token.clientId === client.clientId },
      userinfo: { enabled: true },
    },
    cookies: { keys: [randomBytes(32).toString('hex')] },
  })
  server.on('request', provider.callback())
  console.log(JSON.stringify({ issuer, client_secret }))
})
process.stdin.resume().on('end', () => process.exit(0)) // ends with whoever started it
