import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { type Override, parseOverride } from '../../src/core/profile/override.ts'
import { refusal, tell } from '../support/tools.ts'

const text = (value: string): Override['value'] => ({ from: 'text', text: value })
const json = (value: unknown): Override['value'] => ({ from: 'json', json: value })
const file = (value: string): Override['value'] => ({ from: 'file', file: value })

describe('an override', () => {
  test.each<[string, string[], Override['value']]>([
    ['subject=me', ['subject'], text('me')],
    ['subject=', ['subject'], text('')],
    ['subject=a=b:=c', ['subject'], text('a=b:=c')],
    ['subject= a ', ['subject'], text(' a ')],
    ['lifetime=5m', ['lifetime'], text('5m')],
    ['subject=true', ['subject'], text('true')],
    ['subject=line\nbreak', ['subject'], text('line\nbreak')],
    ['token_endpoint=https://x.example/a', ['token_endpoint'], text('https://x.example/a')],
    ['x-y=1', ['x-y'], text('1')],
    // typed
    ['lifetime:=300', ['lifetime'], json(300)],
    ['allow_http:=true', ['allow_http'], json(true)],
    ['audience:=null', ['audience'], json(null)],
    ['scopes:=["a", "b"]', ['scopes'], json(['a', 'b'])],
    ['subject:="@me"', ['subject'], json('@me')],
    ['subject:= 5 ', ['subject'], json(5)],
    // from a file
    ['client_secret=@./pin.txt', ['client_secret'], file('./pin.txt')],
    ['client_secret=@-', ['client_secret'], file('-')],
    ['subject=@', ['subject'], text('@')],
    ['subject=me@x', ['subject'], text('me@x')],
    // deeper
    ['user_attributes.icn=5', ['user_attributes', 'icn'], text('5')],
    ['call.headers.X-Trace=1', ['call', 'headers', 'X-Trace'], text('1')],
    ['scopes[0]=a', ['scopes', '0'], text('a')],
    ['scopes.0=a', ['scopes', '0'], text('a')],
    ['a[0][1].b=c', ['a', '0', '1', 'b'], text('c')],
    ['claims["https://x.y/z"]=v', ['claims', 'https://x.y/z'], text('v')],
    ['claims["a=b"].c=v', ['claims', 'a=b', 'c'], text('v')],
    ['claims["a:=b"]:=1', ['claims', 'a:=b'], json(1)],
    ['claims["a]b"]=v', ['claims', 'a]b'], text('v')],
    ['claims["a\\"b"]=v', ['claims', 'a"b'], text('v')],
    ['claims["a\\u0062"]=v', ['claims', 'ab'], text('v')],
    ['claims["__proto__"]=v', ['claims', '__proto__'], text('v')],
    ['["x.y"]=v', ['x.y'], text('v')],
  ])('%s', (written, path, value) => {
    expect(parseOverride(written)).toMatchObject({ profile: undefined, path, value })
  })

  test.each<[string, string, string[], Override['value']]>([
    ['va:subject=me', 'va', ['subject'], text('me')],
    ['va:lifetime:=5', 'va', ['lifetime'], json(5)],
    ['my.va-2:scopes[0]=a', 'my.va-2', ['scopes', '0'], text('a')],
    ['va:token_endpoint=https://x', 'va', ['token_endpoint'], text('https://x')],
    ['va:claims["a:b"]=v', 'va', ['claims', 'a:b'], text('v')],
  ])('%s is for one profile', (written, profile, path, value) => {
    expect(parseOverride(written)).toMatchObject({ profile, path, value })
  })

  test('is shown without its value', () => {
    expect(parseOverride('va:user_attributes.icn=1012667122').flag).toBe(
      '-s va:user_attributes.icn=…',
    )
    expect(parseOverride('lifetime:=5').flag).toBe('-s lifetime:=…')
  })

  test.each([
    ['subject', '-s subject: the = is missing'],
    ['client_secret:hunter2', '-s client_secret: the = is missing'],
    ['', '-s : the = is missing'],
    ['a["x=y"', '-s a: the = is missing'],
    ['=x', '-s =…: no path before the ='],
    [':=5', '-s :=…: no path before the ='],
    ['va:=x', '-s va:=…: what follows := is not JSON'],
    ['a.=x', '-s a.=…: cannot read the path at "."'],
    ['.a=x', '-s .a=…: cannot read the path at ".a"'],
    ['a..b=x', '-s a..b=…: cannot read the path at "..b"'],
    ['a b=x', '-s a b=…: cannot read the path at " b"'],
    ['a[0=x]', '-s a: the = is missing'],
    ['a[b]=x', '-s a[b]=…: cannot read the path at "[b]"'],
    ['a["b]=x', '-s a: the = is missing'],
    ['a.1b=x', '-s a.1b=…: cannot read the path at ".1b"'],
    ['1b=x', '-s 1b=…: cannot read the path at "1b"'],
    ['a:b:c=x', '-s a:b:c=…: cannot read the path at ":c"'],
    ['lifetime:=5m', '-s lifetime:=…: what follows := is not JSON'],
    ['a:={"b":hunter2}', '-s a:=…: what follows := is not JSON'],
  ])('%s: %s', (written, message) => {
    const error = refusal(() => parseOverride(written))
    expect(error.code).toBe('usage')
    expect(error.message).toBe(message)
    expect(tell(error)).not.toContain('hunter2')
  })

  test('of any text is an override or an error of ours', () => {
    const part = fc.constantFrom('a', '.', '[', ']', '"', '\\', '=', ':', '@', '0', ' ', 'ü', '\n')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        try {
          const { path } = parseOverride(parts.join(''))
          expect(path.length).toBeGreaterThan(0)
        } catch (error) {
          if (!(error instanceof TokenError)) throw error
          expect(error.code).toBe('usage')
        }
      }),
      { numRuns: 2000 },
    )
  })
})
