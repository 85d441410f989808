/**
 * Writes src/crypto/triple-des/module.ts. Run it from the root after a change to the generator:
 * npx tsx scripts/triple-des-generate.ts
 */
import { writeFileSync } from 'node:fs'
import { generateModule } from '../src/crypto/triple-des/generator/index.js'

const base64 = Buffer.from(generateModule()).toString('base64').replace(/.{1,116}/g, '  $&\n')

writeFileSync('src/crypto/triple-des/module.ts', `/**
 * The generated WebAssembly module; written by scripts/triple-des-generate.ts, and a test holds it to the generator.
 * It is kept because decoding it takes a tenth of the time that generating it at every start would.
 */
export function moduleBytes (): Uint8Array<ArrayBuffer> {
  // Node's own decoder is ten times quicker than its atob; pages have only that.
  if (typeof Buffer === 'function') return new Uint8Array(Buffer.from(BASE64, 'base64'))
  const text = atob(BASE64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

const BASE64 = \`
${base64}\`
`)
