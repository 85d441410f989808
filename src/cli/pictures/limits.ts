/** Read into memory to be shown. */
export const maxPictureBytes = 64 * 1024 * 1024
/** Decoded it takes four bytes a pixel: 160 MB. Refused by what the header says, before anything is decoded. */
export const maxPicturePixels = 40_000_000
/** Beyond this, decoding holds up everything else for seconds: where there is a small copy of the picture, that is shown. */
export const maxQuickPixels = 8_000_000
/** A terminal's cell in pixels, about: none says it without being asked. */
export const cellPixels = { width: 8, height: 16 }
/** What a picture may take of the terminal's rows: there is more than the picture to be read. */
export const maxPictureRows = 24
