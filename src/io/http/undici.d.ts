// undici types its front door only, and that costs four times what one request needs. These are
// the parts of its client that io/http/http.ts uses.

declare module 'undici/lib/dispatcher/client.js' {
  import type { Duplex } from 'node:stream'

  namespace Client {
    interface Controller {
      abort(reason: Error): void
    }

    interface Options {
      readonly method: string
      readonly path: string
      /** name, value, name, value: order and spelling are kept */
      readonly headers: readonly string[]
      readonly body?: string
      /** send `connection: close` */
      readonly reset?: boolean
    }

    type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

    interface Handler {
      onRequestStart(controller: Controller): void
      /** the first byte of an answer */
      onResponseStarted?(): void
      onResponseStart?(controller: Controller, status: number, headers: Headers): void
      onResponseData?(controller: Controller, chunk: Uint8Array): void
      onResponseEnd?(controller: Controller): void
      onRequestUpgrade?(
        controller: Controller,
        status: number,
        headers: Headers,
        socket: Duplex,
      ): void
      onResponseError(controller: Controller, error: Error): void
    }

    type Connected = (error: Error | null, socket?: Duplex) => void
  }

  class Client {
    constructor(
      origin: string,
      options: {
        connect: (options: unknown, connected: Client.Connected) => void
        headersTimeout: number
        bodyTimeout: number
      },
    )
    dispatch(options: Client.Options, handler: Client.Handler): boolean
    destroy(): Promise<void>
  }

  export = Client
}
