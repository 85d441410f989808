/** Addresses that one request has dialled: a device has one for each of its networks. */
export const maxDialBackAddresses = 4
/** Of a request, as many as a locator has, and their lengths. */
export const maxDialBackBytes = 5_000
/** How long dialling may take: a packet that a firewall swallows is not waited for. */
export const dialBackTimeoutMs = 1_500
/** A dial costs both sides a Noise handshake, about 20 ms each: it counts as so many small requests. */
export const dialBackCost = 50
