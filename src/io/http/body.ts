// The body of an answer: never more than 1 MiB of it, before and after decompression.

import { TokenError } from '../../core/error.ts'

export const LARGEST_BODY = 1024 * 1024

export function tooLarge(host: string): TokenError {
  return new TokenError('answer_too_large', `${host} answered with more than 1 MiB`, {
    means: 'no token answer is that long; this is some other page or file',
    fix: 'check the address and the environment (-e)',
  })
}

export async function decodeBody(
  chunks: readonly Uint8Array[],
  headers: Readonly<Record<string, string>>,
  host: string,
): Promise<string> {
  let bytes: Uint8Array = Buffer.concat(chunks)
  const encodings = (headers['content-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  for (const encoding of encodings.reverse()) {
    if (bytes.length > 0) bytes = await decompress(bytes, encoding, host)
  }
  return decodeText(bytes, headers['content-type'])
}

async function decompress(bytes: Uint8Array, encoding: string, host: string): Promise<Uint8Array> {
  const zlib = await import('node:zlib')
  // zlib gives up at this size: a bomb is never unpacked further
  const limit = { maxOutputLength: LARGEST_BODY }
  try {
    switch (encoding) {
      case 'gzip':
      case 'x-gzip':
        return zlib.gunzipSync(bytes, limit)
      case 'br':
        return zlib.brotliDecompressSync(bytes, limit)
      case 'deflate':
        // With its zlib header, as RFC 9110 says, or without, as some servers do.
        return ((bytes[0] ?? 0) & 0x0f) === 8
          ? zlib.inflateSync(bytes, limit)
          : zlib.inflateRawSync(bytes, limit)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(host)
    throw new TokenError('answer_cut_off', `the answer of ${host} is not whole`, {
      means: `its ${encoding} compression breaks off or is damaged`,
    })
  }
  const name = /^[\w.-]{1,30}$/.test(encoding) ? `by ${encoding}` : 'in a way that has no name'
  throw new TokenError('answer_unusable', `the answer of ${host} is compressed ${name}`, {
    means: 'gzip, deflate and br are understood; none of them was asked for',
  })
}

function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
