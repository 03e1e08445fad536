// What goes over the network and what comes back, without a trace of how: core builds and reads
// these, io/http/http.ts carries them.

export interface Request {
  readonly method: string
  readonly url: string
  /** in the order and spelling they are sent */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | undefined
}

export interface Answer {
  readonly status: number
  /** names in lower case; repeated ones joined by ", " */
  readonly headers: Readonly<Record<string, string>>
  /** decompressed, decoded as UTF-8 (bytes that are not become U+FFFD) */
  readonly body: string
  /** local clock, in milliseconds: when the request began and when its headers were answered */
  readonly sentAt: number
  readonly answeredAt: number
}

/** Paths are absolute by now; texts are real values. */
export interface Tls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly pfx?: string
  readonly passphrase?: string
  /** sha256//BASE64, several with ; between them */
  readonly pin?: string
  readonly insecure?: boolean
  readonly server_name?: string
}

export interface Transport {
  /** milliseconds for the whole call */
  readonly timeout: number
  readonly tls: Tls
  /** explicit proxy URL of the profile or flag; else the variables of `env` are obeyed */
  readonly proxy: string | undefined
  readonly allowHttp: boolean
  /** The sandbox: the whole URL that a request to this one is really sent to; by no proxy. */
  readonly dial?: (url: URL) => URL | undefined
}
