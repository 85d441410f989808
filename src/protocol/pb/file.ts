import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Manifest {
  fileId: Uint8Array<ArrayBuffer>
  key: Uint8Array<ArrayBuffer>
  bytes: bigint
  chunks: number
  root: Uint8Array<ArrayBuffer>
  sha256: Uint8Array<ArrayBuffer>
  name: Uint8Array<ArrayBuffer>
  mime: string
  caption: Uint8Array<ArrayBuffer>
  preview?: Preview
}

export namespace Manifest {
  let _codec: Codec<Manifest>

  export const codec = (): Codec<Manifest> => {
    if (_codec == null) {
      _codec = message<Manifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if ((obj.key != null && obj.key.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.key)
        }

        if ((obj.bytes != null && obj.bytes !== 0n)) {
          w.uint32(24)
          w.uint64(obj.bytes)
        }

        if ((obj.chunks != null && obj.chunks !== 0)) {
          w.uint32(32)
          w.uint32(obj.chunks)
        }

        if ((obj.root != null && obj.root.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.root)
        }

        if ((obj.sha256 != null && obj.sha256.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.sha256)
        }

        if ((obj.name != null && obj.name.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.name)
        }

        if ((obj.mime != null && obj.mime !== '')) {
          w.uint32(66)
          w.string(obj.mime)
        }

        if ((obj.caption != null && obj.caption.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.caption)
        }

        if (obj.preview != null) {
          w.uint32(82)
          Preview.codec().encode(obj.preview, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0),
          key: uint8ArrayAlloc(0),
          bytes: 0n,
          chunks: 0,
          root: uint8ArrayAlloc(0),
          sha256: uint8ArrayAlloc(0),
          name: uint8ArrayAlloc(0),
          mime: '',
          caption: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fileId = reader.bytes()
              break
            }
            case 2: {
              obj.key = reader.bytes()
              break
            }
            case 3: {
              obj.bytes = reader.uint64()
              break
            }
            case 4: {
              obj.chunks = reader.uint32()
              break
            }
            case 5: {
              obj.root = reader.bytes()
              break
            }
            case 6: {
              obj.sha256 = reader.bytes()
              break
            }
            case 7: {
              obj.name = reader.bytes()
              break
            }
            case 8: {
              obj.mime = reader.string()
              break
            }
            case 9: {
              obj.caption = reader.bytes()
              break
            }
            case 10: {
              obj.preview = Preview.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.preview
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.fileId`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.key`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.chunks`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.root`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.sha256`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.name`,
                value: reader.bytes()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.mime`,
                value: reader.string()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.caption`,
                value: reader.bytes()
              }
              break
            }
            case 10: {
              yield * Preview.codec().stream(reader, reader.uint32(), `${prefix}.preview`, {
                limits: opts.limits?.preview
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ManifestFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestKeyFieldEvent {
    field: '$.key'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestBytesFieldEvent {
    field: '$.bytes'
    value: bigint
  }

  export interface ManifestChunksFieldEvent {
    field: '$.chunks'
    value: number
  }

  export interface ManifestRootFieldEvent {
    field: '$.root'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestSha256FieldEvent {
    field: '$.sha256'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestNameFieldEvent {
    field: '$.name'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestMimeFieldEvent {
    field: '$.mime'
    value: string
  }

  export interface ManifestCaptionFieldEvent {
    field: '$.caption'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ManifestPreviewMimeFieldEvent {
    field: '$.preview.mime'
    value: string
  }

  export interface ManifestPreviewWidthFieldEvent {
    field: '$.preview.width'
    value: number
  }

  export interface ManifestPreviewHeightFieldEvent {
    field: '$.preview.height'
    value: number
  }

  export interface ManifestPreviewPictureFieldEvent {
    field: '$.preview.picture'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Manifest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Manifest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Manifest>): Manifest {
    return decodeMessage(buf, Manifest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Manifest>): Generator<ManifestFileIdFieldEvent | ManifestKeyFieldEvent | ManifestBytesFieldEvent | ManifestChunksFieldEvent | ManifestRootFieldEvent | ManifestSha256FieldEvent | ManifestNameFieldEvent | ManifestMimeFieldEvent | ManifestCaptionFieldEvent | ManifestPreviewMimeFieldEvent | ManifestPreviewWidthFieldEvent | ManifestPreviewHeightFieldEvent | ManifestPreviewPictureFieldEvent> {
    return streamMessage(buf, Manifest.codec(), opts)
  }
}

export interface Preview {
  mime: string
  width: number
  height: number
  picture: Uint8Array<ArrayBuffer>
}

export namespace Preview {
  let _codec: Codec<Preview>

  export const codec = (): Codec<Preview> => {
    if (_codec == null) {
      _codec = message<Preview>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.mime != null && obj.mime !== '')) {
          w.uint32(10)
          w.string(obj.mime)
        }

        if ((obj.width != null && obj.width !== 0)) {
          w.uint32(16)
          w.uint32(obj.width)
        }

        if ((obj.height != null && obj.height !== 0)) {
          w.uint32(24)
          w.uint32(obj.height)
        }

        if ((obj.picture != null && obj.picture.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.picture)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          mime: '',
          width: 0,
          height: 0,
          picture: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.mime = reader.string()
              break
            }
            case 2: {
              obj.width = reader.uint32()
              break
            }
            case 3: {
              obj.height = reader.uint32()
              break
            }
            case 4: {
              obj.picture = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.mime`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.width`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.height`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.picture`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PreviewMimeFieldEvent {
    field: '$.mime'
    value: string
  }

  export interface PreviewWidthFieldEvent {
    field: '$.width'
    value: number
  }

  export interface PreviewHeightFieldEvent {
    field: '$.height'
    value: number
  }

  export interface PreviewPictureFieldEvent {
    field: '$.picture'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Preview>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Preview.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Preview>): Preview {
    return decodeMessage(buf, Preview.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Preview>): Generator<PreviewMimeFieldEvent | PreviewWidthFieldEvent | PreviewHeightFieldEvent | PreviewPictureFieldEvent> {
    return streamMessage(buf, Preview.codec(), opts)
  }
}

export interface FileFrame {
  open?: OpenFile
  want?: WantChunks
  wantLeaves?: WantLeaves
  leaves?: Leaves
  paused?: boolean
  end?: FileEnd
}

export namespace FileFrame {
  let _codec: Codec<FileFrame>

  export const codec = (): Codec<FileFrame> => {
    if (_codec == null) {
      _codec = message<FileFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.open != null) {
          w.uint32(10)
          OpenFile.codec().encode(obj.open, w)
        }

        if (obj.want != null) {
          w.uint32(18)
          WantChunks.codec().encode(obj.want, w)
        }

        if (obj.wantLeaves != null) {
          w.uint32(26)
          WantLeaves.codec().encode(obj.wantLeaves, w)
        }

        if (obj.leaves != null) {
          w.uint32(34)
          Leaves.codec().encode(obj.leaves, w)
        }

        if (obj.paused != null) {
          w.uint32(40)
          w.bool(obj.paused)
        }

        if (obj.end != null) {
          w.uint32(50)
          FileEnd.codec().encode(obj.end, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.open = OpenFile.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.open
              })
              break
            }
            case 2: {
              obj.want = WantChunks.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.want
              })
              break
            }
            case 3: {
              obj.wantLeaves = WantLeaves.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.wantLeaves
              })
              break
            }
            case 4: {
              obj.leaves = Leaves.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.leaves
              })
              break
            }
            case 5: {
              obj.paused = reader.bool()
              break
            }
            case 6: {
              obj.end = FileEnd.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.end
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * OpenFile.codec().stream(reader, reader.uint32(), `${prefix}.open`, {
                limits: opts.limits?.open
              })

              break
            }
            case 2: {
              yield * WantChunks.codec().stream(reader, reader.uint32(), `${prefix}.want`, {
                limits: opts.limits?.want
              })

              break
            }
            case 3: {
              yield * WantLeaves.codec().stream(reader, reader.uint32(), `${prefix}.wantLeaves`, {
                limits: opts.limits?.wantLeaves
              })

              break
            }
            case 4: {
              yield * Leaves.codec().stream(reader, reader.uint32(), `${prefix}.leaves`, {
                limits: opts.limits?.leaves
              })

              break
            }
            case 5: {
              yield {
                field: `${prefix}.paused`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield * FileEnd.codec().stream(reader, reader.uint32(), `${prefix}.end`, {
                limits: opts.limits?.end
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface FileFrameOpenFileIdFieldEvent {
    field: '$.open.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FileFrameWantFirstFieldEvent {
    field: '$.want.first'
    value: number
  }

  export interface FileFrameWantCountFieldEvent {
    field: '$.want.count'
    value: number
  }

  export interface FileFrameWantVerifiedFieldEvent {
    field: '$.want.verified'
    value: number
  }

  export interface FileFrameWantLeavesPieceFieldEvent {
    field: '$.wantLeaves.piece'
    value: number
  }

  export interface FileFrameLeavesPieceFieldEvent {
    field: '$.leaves.piece'
    value: number
  }

  export interface FileFrameLeavesLeavesFieldEvent {
    field: '$.leaves.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FileFrameLeavesPathFieldEvent {
    field: '$.leaves.path'
    value: Uint8Array<ArrayBuffer>
  }

  export interface FileFramePausedFieldEvent {
    field: '$.paused'
    value: boolean
  }

  export interface FileFrameEndReasonFieldEvent {
    field: '$.end.reason'
    value: string
  }

  export function encode (obj: Partial<FileFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FileFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileFrame>): FileFrame {
    return decodeMessage(buf, FileFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileFrame>): Generator<FileFrameOpenFileIdFieldEvent | FileFrameWantFirstFieldEvent | FileFrameWantCountFieldEvent | FileFrameWantVerifiedFieldEvent | FileFrameWantLeavesPieceFieldEvent | FileFrameLeavesPieceFieldEvent | FileFrameLeavesLeavesFieldEvent | FileFrameLeavesPathFieldEvent | FileFramePausedFieldEvent | FileFrameEndReasonFieldEvent> {
    return streamMessage(buf, FileFrame.codec(), opts)
  }
}

export interface OpenFile {
  fileId: Uint8Array<ArrayBuffer>
}

export namespace OpenFile {
  let _codec: Codec<OpenFile>

  export const codec = (): Codec<OpenFile> => {
    if (_codec == null) {
      _codec = message<OpenFile>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileId != null && obj.fileId.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.fileId)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileId: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fileId = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.fileId`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface OpenFileFileIdFieldEvent {
    field: '$.fileId'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<OpenFile>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, OpenFile.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OpenFile>): OpenFile {
    return decodeMessage(buf, OpenFile.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OpenFile>): Generator<OpenFileFileIdFieldEvent> {
    return streamMessage(buf, OpenFile.codec(), opts)
  }
}

export interface WantChunks {
  first: number
  count: number
  verified: number
}

export namespace WantChunks {
  let _codec: Codec<WantChunks>

  export const codec = (): Codec<WantChunks> => {
    if (_codec == null) {
      _codec = message<WantChunks>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.first != null && obj.first !== 0)) {
          w.uint32(8)
          w.uint32(obj.first)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(16)
          w.uint32(obj.count)
        }

        if ((obj.verified != null && obj.verified !== 0)) {
          w.uint32(24)
          w.uint32(obj.verified)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          first: 0,
          count: 0,
          verified: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.first = reader.uint32()
              break
            }
            case 2: {
              obj.count = reader.uint32()
              break
            }
            case 3: {
              obj.verified = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.first`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.verified`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WantChunksFirstFieldEvent {
    field: '$.first'
    value: number
  }

  export interface WantChunksCountFieldEvent {
    field: '$.count'
    value: number
  }

  export interface WantChunksVerifiedFieldEvent {
    field: '$.verified'
    value: number
  }

  export function encode (obj: Partial<WantChunks>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WantChunks.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WantChunks>): WantChunks {
    return decodeMessage(buf, WantChunks.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WantChunks>): Generator<WantChunksFirstFieldEvent | WantChunksCountFieldEvent | WantChunksVerifiedFieldEvent> {
    return streamMessage(buf, WantChunks.codec(), opts)
  }
}

export interface WantLeaves {
  piece: number
}

export namespace WantLeaves {
  let _codec: Codec<WantLeaves>

  export const codec = (): Codec<WantLeaves> => {
    if (_codec == null) {
      _codec = message<WantLeaves>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.piece != null && obj.piece !== 0)) {
          w.uint32(8)
          w.uint32(obj.piece)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          piece: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.piece = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.piece`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WantLeavesPieceFieldEvent {
    field: '$.piece'
    value: number
  }

  export function encode (obj: Partial<WantLeaves>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WantLeaves.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WantLeaves>): WantLeaves {
    return decodeMessage(buf, WantLeaves.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WantLeaves>): Generator<WantLeavesPieceFieldEvent> {
    return streamMessage(buf, WantLeaves.codec(), opts)
  }
}

export interface Leaves {
  piece: number
  leaves: Uint8Array<ArrayBuffer>
  path: Uint8Array<ArrayBuffer>
}

export namespace Leaves {
  let _codec: Codec<Leaves>

  export const codec = (): Codec<Leaves> => {
    if (_codec == null) {
      _codec = message<Leaves>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.piece != null && obj.piece !== 0)) {
          w.uint32(8)
          w.uint32(obj.piece)
        }

        if ((obj.leaves != null && obj.leaves.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.leaves)
        }

        if ((obj.path != null && obj.path.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.path)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          piece: 0,
          leaves: uint8ArrayAlloc(0),
          path: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.piece = reader.uint32()
              break
            }
            case 2: {
              obj.leaves = reader.bytes()
              break
            }
            case 3: {
              obj.path = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.piece`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.leaves`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.path`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface LeavesPieceFieldEvent {
    field: '$.piece'
    value: number
  }

  export interface LeavesLeavesFieldEvent {
    field: '$.leaves'
    value: Uint8Array<ArrayBuffer>
  }

  export interface LeavesPathFieldEvent {
    field: '$.path'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Leaves>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Leaves.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leaves>): Leaves {
    return decodeMessage(buf, Leaves.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Leaves>): Generator<LeavesPieceFieldEvent | LeavesLeavesFieldEvent | LeavesPathFieldEvent> {
    return streamMessage(buf, Leaves.codec(), opts)
  }
}

export interface FileEnd {
  reason: string
}

export namespace FileEnd {
  let _codec: Codec<FileEnd>

  export const codec = (): Codec<FileEnd> => {
    if (_codec == null) {
      _codec = message<FileEnd>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(10)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          reason: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.reason = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface FileEndReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export function encode (obj: Partial<FileEnd>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FileEnd.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileEnd>): FileEnd {
    return decodeMessage(buf, FileEnd.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FileEnd>): Generator<FileEndReasonFieldEvent> {
    return streamMessage(buf, FileEnd.codec(), opts)
  }
}
