/** Ways in which terminals take pictures. */
export const PICTURE_PROTOCOLS = ['kitty', 'iterm2', 'sixel', 'blocks'] as const
export type PictureProtocol = typeof PICTURE_PROTOCOLS[number]
