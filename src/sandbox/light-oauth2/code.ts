// The authorization code grant: a code is burnt as soon as its client is known, and PKCE is looked
// at last.

import { createHash } from 'node:crypto'
import type { TwinAnswer, TwinRequest } from '../twin.ts'
import type { Code, User } from './accounts.ts'
import { type Form, isAnswer } from './client.ts'
import { authenticate, type Desk, issueToUser, makeSession } from './desk.ts'
import { refuse } from './errors.ts'
import { coversScope } from './token.ts'

export function grantByCode(desk: Desk, request: TwinRequest, form: Form) {
  const client = authenticate(desk, request, form)
  if (isAnswer(client)) return client
  const name = form.get('code')
  // The store of the codes takes no null for a key.
  if (name === undefined) return refuse('ERR10010')
  const code = desk.codes.get(name)
  desk.codes.delete(name)
  if (!code) return refuse('ERR12052', name)
  const user = findUser(desk, code)
  if (!user) return refuse('ERR12008', name)

  const uri = form.get('redirect_uri')
  if (code.redirect_uri !== undefined && uri !== code.redirect_uri) {
    return uri === undefined
      ? refuse('ERR12025', code.redirect_uri)
      : refuse('ERR12026', uri, code.redirect_uri)
  }
  const registered = client.scopes?.join(' ')
  const scope = code.scope ?? registered
  if (code.scope !== undefined && !coversScope(registered, code.scope)) {
    return refuse('ERR12027', code.scope, registered)
  }
  const fault = checkVerifier(code, form.get('code_verifier'))
  if (fault) return fault
  return issueToUser(desk, client, makeSession(client, scope, user), { csrf: form.get('csrf') })
}

/** Without a word about the user, the code is the first user's; without users, it is admin's. */
function findUser(desk: Desk, code: Code): User | undefined {
  if (code.username !== undefined) return desk.users.find((one) => one.username === code.username)
  return desk.users[0] ?? { username: 'admin', password: '', user_type: 'admin' }
}

/** RFC 7636, with the service's own answer to each way of getting it wrong. */
function checkVerifier(
  { challenge, method = 'plain' }: Code,
  verifier: string | undefined,
): TwinAnswer | undefined {
  if (challenge === undefined) return undefined
  if (verifier === undefined || verifier.trim() === '') return refuse('ERR12040')
  if (verifier.length < 43) return refuse('ERR12038', verifier)
  if (verifier.length > 128) return refuse('ERR12039', verifier)
  if (!/^[\w.~-]+$/.test(verifier)) return refuse('ERR12037', verifier)
  if (method !== 'S256' && method !== 'plain') return refuse('ERR12033', method)
  const derived =
    method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return derived === challenge ? undefined : refuse('ERR12041')
}
