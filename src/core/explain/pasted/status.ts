// The HTTP status in a text, however it is written there.

const NAMED =
  'Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable|' +
  'Proxy Authentication Required|Request Time-?out|Conflict|Gone|Unsupported Media Type|' +
  'Unprocessable|Too Many Requests|Client Error|Internal Server Error|Server Error|Bad Gateway|' +
  'Service (?:Temporarily )?Unavailable|Gateway Time-?out'

/** Most telling first; the last hit of the first, since curl shows a redirect before its end. */
const FORMS: readonly RegExp[] = [
  /\bHTTP\/\d(?:\.\d)?"?\s{1,3}([1-5]\d\d)\b/g,
  /^tokentool: error: .{0,300}\(([1-5]\d\d)\)$/gm,
  /\bstatus(?:[ _-]?code)?\\{0,3}["']?\s{0,3}(?:=>|[:=]|is|of)?\s{0,3}\\{0,3}["']?([1-5]\d\d)\b/gi,
  /\b(?:HTTP(?: error| status)?|returned error|response code|responded with|answered(?: with)?):?\s([1-5]\d\d)\b/gi,
  new RegExp(`\\b([1-5]\\d\\d):? (?:${NAMED})`, 'gi'),
  /^\s{0,20}([1-5]\d\d)(?=$|[\s:,;{[-])/g,
  // in front of a body
  /[\s(]([1-5]\d\d)\)?:?\s{0,3}(?=[{[<])/g,
]

export function findStatus(text: string): number | undefined {
  for (const form of FORMS) {
    const hits = [...text.matchAll(form)].map(([, status]) => Number(status))
    const status = hits.at(-1)
    if (status !== undefined) return status
  }
  return undefined
}

const LEADING = /^\s*(HTTP(\/\d(\.\d)?|:)?\s*)?(error:?\s*)?[1-5]\d\d\b/i
const NAME = new RegExp(`^[\\s:,-]*(${NAMED}|Found|Moved Permanently|OK)(?!\\w)`, 'i')

/** What is left of a text where the status, its name and its protocol are taken away. */
export function dropStatus(text: string): string {
  const rest = text.replace(LEADING, '').replace(NAME, '')
  return rest === text ? text.trim() : rest.replace(/^[\s:.!,-]+/, '').trimEnd()
}

/** What those say of a status who make an error of it. */
const REMARKS =
  /curl: \(\d+\)|\[no body\]|^\s{1,20}at .*$|the requested url returned error:?|request failed with status code|for url: \S{1,500}|[\w.$]{1,80}(?:Error|Exception)(?:\$\w{1,40})?:/gim

/** Whether it tells a status and nothing else, or the name of one. */
export function isOnlyStatus(text: string): boolean {
  const rest = dropStatus(text.slice(0, 4000).replace(REMARKS, ' '))
  // 403 Client Error: Forbidden
  return dropStatus(`500 ${rest}`) === ''
}
