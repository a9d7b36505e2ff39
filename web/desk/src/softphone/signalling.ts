/** What the Voice SDK signals over where the provider is not Twilio itself but stands in for it at another address. */
import Stream from '../../node_modules/@twilio/voice-sdk/esm/twilio/pstream.js'

type Constructed = new (token: string, uris: readonly string[], options: object) => object
interface Prefers {
  updatePreferredURI(uri: string | null): void
}
const Usual = Stream as unknown as Constructed & { prototype: Prefers }

/**
 * The options that lead the SDK to the WebSocket at `address`: hosts of its own choosing are always asked over TLS, at
 * `/signal`, so its stream is told the address instead.
 */
export function signallingAt(address: string): object {
  class At extends Usual {
    constructor(token: string, _uris: readonly string[], options: object) {
      super(token, [address], options)
    }
    updatePreferredURI(uri: string | null): void {
      Usual.prototype.updatePreferredURI.call(this, uri && address)
    }
  }
  return { chunderw: new URL(address).host, PStream: At }
}
