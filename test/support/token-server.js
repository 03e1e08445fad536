// A token service in a process of its own: a hundred clients that start on two cores do not keep it
// from answering. What it does is set, and what it saw is asked, by messages from its parent.
//
// Its tokens spell out for whom and which they are and end in their own sum, so that one that is stale,
// mixed up with another or torn is seen as such. It takes no assertion twice.

import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const usual = {
  /** milliseconds before it answers */
  delay: 300,
  status: 200,
  headers: {},
  /** how many are to be answered by that status; 200 from then on */
  times: Number.POSITIVE_INFINITY,
  /** seconds */
  lifetime: 300,
  /** milliseconds that its clock is ahead of this machine's */
  offset: 0,
  /** it says nothing any more */
  hangs: false,
}
let mood = { ...usual }
let seen = forget()
let generation = 0

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const { delay, hangs } = mood
    seen.requests++
    seen.times.push(Date.now())
    seen.paths[request.url] = (seen.paths[request.url] ?? 0) + 1
    if (hangs) return
    const [status, body, headers] = answer(request, Buffer.concat(chunks).toString())
    const now = new Date(Date.now() + mood.offset)
    setTimeout(() => {
      response
        .writeHead(status, {
          'content-type': 'application/json',
          date: now.toUTCString(),
          ...headers,
        })
        .end(JSON.stringify(body))
    }, delay)
  })
})
server.on('connection', (socket) => {
  seen.connections++
  socket.on('error', () => {})
})
// more wait at once than any default allows
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  process.send({ port: server.address().port })
})

function answer(request, text) {
  const form = new URLSearchParams(text)
  const assertion = form.get('assertion') ?? form.get('client_assertion')
  const claims = assertion === null ? {} : readClaims(assertion)
  const refusal = assertion === null ? undefined : judge(assertion, claims)
  if (refusal !== undefined) {
    seen.refused++
    return [400, { error: 'invalid_grant', error_description: refusal }, {}]
  }
  if (mood.status !== 200 && mood.times > 0) {
    mood.times--
    return [mood.status, { error: 'temporarily_unavailable' }, mood.headers]
  }
  const bearer = request.headers.authorization ?? ''
  if (bearer.startsWith('Bearer ') && !isWhole(bearer.slice(7))) {
    seen.torn++
    return [401, { error: 'invalid_token' }, {}]
  }
  const name = claims.sub ?? form.get('scope') ?? 'anyone'
  const token = spell(`${name}`, ++generation, Math.floor(Date.now() / 1000) + mood.lifetime)
  return [200, { access_token: token, token_type: 'Bearer', expires_in: mood.lifetime }, {}]
}

/** No leeway: neither what comes from the future nor what is over, and nothing twice. */
function judge(assertion, { iat, exp, jti }) {
  const now = (Date.now() + mood.offset) / 1000
  const signature = assertion.split('.')[2]
  if (seen.used.has(jti) || seen.used.has(signature)) {
    seen.repeats++
    return 'jti was used before'
  }
  seen.used.add(jti).add(signature)
  if (iat > now) return 'iat is in the future'
  if (exp <= now) return 'the assertion has expired'
  // signed now, not when the first attempt was
  if (now - iat > 15) seen.stale++
  return undefined
}

function readClaims(assertion) {
  try {
    return JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString())
  } catch {
    return {}
  }
}

function spell(name, count, expiry) {
  const text = `${name}~${count}~${expiry}~${String(count % 10).repeat(1500)}`
  return `${text}~${sum(text)}`
}

function isWhole(token) {
  const at = token.lastIndexOf('~')
  return at > 0 && sum(token.slice(0, at)) === token.slice(at + 1)
}

function sum(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function forget() {
  return {
    requests: 0,
    connections: 0,
    refused: 0,
    torn: 0,
    repeats: 0,
    stale: 0,
    times: [],
    paths: {},
    used: new Set(),
  }
}

process.on('message', ({ id, set, clear }) => {
  if (set) mood = { ...usual, ...set }
  const { used, ...told } = seen
  process.send({ id, seen: told })
  if (clear) seen = forget()
})
process.on('disconnect', () => process.exit())
