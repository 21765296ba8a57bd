// Takes {base_url, owner_token, redirect_uri} as the first line of its input, and goes through every protocol of the
// server with a client that checks each reply against its standard. What a browser does is asked for in a line of
// output, {"visit": URL}; the next line of input is where the browser was sent.
import { createInterface } from 'node:readline/promises'
import * as oauth from 'oauth4webapi'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const { base_url, owner_token, redirect_uri } = JSON.parse((await lines.next()).value)
const here = { [oauth.allowInsecureRequests]: true } // loopback has no TLS
const done = []

function check(what, holds) {
  if (!holds) throw new Error(`not so: ${what}`)
  done.push(what)
}

async function visit(url) {
  console.log(JSON.stringify({ visit: url.href }))
  return new URL(JSON.parse((await lines.next()).value).location)
}

async function register(server, metadata) {
  const reply = await oauth.dynamicClientRegistrationRequest(server, metadata, {
    initialAccessToken: owner_token,
    ...here,
  })
  return oauth.processDynamicClientRegistrationResponse(reply)
}

async function introspect(server, client, auth, token) {
  const reply = await oauth.introspectionRequest(server, client, auth, token, here)
  return oauth.processIntrospectionResponse(server, client, reply)
}

async function use(token) {
  return oauth.protectedResourceRequest(token, 'GET', new URL('/v1/beats?limit=1', base_url), undefined, null, here)
}

async function flow(server, client, auth, pushed) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  let asked = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri,
    response_type: 'code',
    scope: 'beats.read user.profile',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  if (pushed) {
    const reply = await oauth.pushedAuthorizationRequest(server, client, auth, asked, here)
    const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, reply)
    asked = new URLSearchParams({ client_id: client.client_id, request_uri })
  }
  const address = new URL(server.authorization_endpoint)
  address.search = asked.toString()
  const answer = oauth.validateAuthResponse(server, client, await visit(address), state)
  const reply = await oauth.authorizationCodeGrantRequest(server, client, auth, answer, redirect_uri, verifier, here)
  return oauth.processAuthorizationCodeResponse(server, client, reply)
}

async function whole(server, kind, client, auth) {
  check(`${kind}: registration`, client.client_id.startsWith('client_'))
  const pair = await flow(server, client, auth, false)
  check(`${kind}: code with PKCE`, (await use(pair.access_token)).status === 200)
  const pushed = await flow(server, client, auth, true)
  check(`${kind}: pushed request`, (await use(pushed.access_token)).status === 200)
  const reply = await oauth.refreshTokenGrantRequest(server, client, auth, pair.refresh_token, here)
  const next = await oauth.processRefreshTokenResponse(server, client, reply)
  check(`${kind}: refresh`, next.refresh_token !== pair.refresh_token && (await use(next.access_token)).status === 200)
  const manager = (_as, _client, _body, headers) => headers.set('authorization', `Bearer ${owner_token}`)
  const asking = kind === 'public' ? manager : auth
  const told = await introspect(server, client, asking, next.access_token)
  check(`${kind}: introspection`, told.active && told.client_id === client.client_id && told.iss === server.issuer)
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, auth, next.refresh_token, here),
  )
  check(`${kind}: revocation`, !(await introspect(server, client, asking, next.access_token)).active)
  const refused = await use(next.access_token).catch((error) => error)
  check(`${kind}: challenge`, refused instanceof oauth.WWWAuthenticateChallengeError
    && refused.cause[0].scheme === 'bearer' && refused.cause[0].parameters.error === 'invalid_token')
  const again = await oauth.refreshTokenGrantRequest(server, client, auth, next.refresh_token, here)
  const error = await oauth.processRefreshTokenResponse(server, client, again).catch((caught) => caught)
  check(`${kind}: error`, error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant')
}

const issuer = new URL(base_url)
const server = await oauth.processDiscoveryResponse(
  issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...here }),
)
check('metadata', server.code_challenge_methods_supported.includes('S256'))

const grants = { redirect_uris: [redirect_uri], grant_types: ['authorization_code', 'refresh_token'],
  scope: 'beats.read user.profile' }
const web = await register(server, { client_name: 'Strict, with a secret', ...grants })
await whole(server, 'confidential', web, oauth.ClientSecretBasic(web.client_secret))
const mobile = await register(server, { client_name: 'Strict, public', token_endpoint_auth_method: 'none', ...grants })
await whole(server, 'public', mobile, oauth.None())

const service = await register(server, { client_name: 'Strict, for itself', grant_types: ['client_credentials'],
  response_types: [], token_endpoint_auth_method: 'client_secret_post', scope: 'beats.read' })
const auth = oauth.ClientSecretPost(service.client_secret)
const own = await oauth.processClientCredentialsResponse(server, service,
  await oauth.clientCredentialsGrantRequest(server, service, auth, new URLSearchParams({ scope: 'beats.read' }), here))
check('client credentials', (await use(own.access_token)).status === 200)

console.log(JSON.stringify({ done }))
process.exit(0)
