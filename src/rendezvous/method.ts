/** From a typed function to a RequestHandler: decode, answer, encode. */
import type { RequestContext, RequestHandler } from '../overlay/network.js'
import { decode, encode, type MessageType } from '../protocol/codec.js'

type Loose<T> = Parameters<typeof encode<T>>[1]

export interface Method<Request, Response> {
  request: MessageType<Request>
  response: MessageType<Response>
  /** The longest body that is looked at. */
  maxBytes: number
  answer: (request: Request, context: RequestContext) => Promise<Loose<Response>>
}

/**
 * The handler of a method. It answers ERR_LIMIT for a body that is too long and ERR_INVALID_RECORD for one that cannot
 * be read; what is in the fields, `answer` checks.
 */
export function method<Request, Response> ({ request, response, maxBytes, answer }: Method<Request, Response>): RequestHandler {
  return async (body, context) => encode(response, await answer(decode(request, body, maxBytes, 'A request'), context))
}
