import { deepEqual, equal, ok } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import type { BitslicedTripleDes as Bitsliced } from '../../../src/crypto/triple-des/bitslice.js'
import type { WasmInstance } from '../../../src/crypto/triple-des/webassembly.js'
import { oracleCtr } from './oracle.js'

// Debian's packages chromium and chromium-headless-shell.
const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-headless-shell'].find((path) => existsSync(path))
const ORIGIN = 'http://page.test'

interface Case { key: number[], prefix: number[], length: number, firstBlock: number }

const CASES: Case[] = [0, 1, 63, 64, 1024, 1025, 5000, 65536, 300_000].map((length, n) => ({
  key: Array.from({ length: 24 }, (_, i) => (i * 31 + n * 7) & 0xff),
  prefix: [n, 2, 3, 255 - n],
  length,
  firstBlock: [0, 0, 5, 127, 0, 2 ** 20 - 3, 2 ** 32 - 625, 0, 99][n]!
}))

// A checkout without a browser has nothing to run this in; the CI has one, and fails without it.
if (EXECUTABLE !== undefined || process.env['CI'] === 'true') {
  describe('Triple DES in a web page', function () {
    this.timeout(120_000)
    let browser: Browser
    let page: Page
    const served: string[] = []

    before(async () => {
      ok(EXECUTABLE !== undefined, 'No Chromium: install the package chromium-headless-shell.')
      browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] })
      page = await browser.newPage()
      // Nothing goes over a network: the page and its scripts come from here.
      await page.route('**/*', async (route) => {
        const { pathname, origin } = new URL(route.request().url())
        if (origin !== ORIGIN) return await route.abort()
        if (pathname === '/') return await route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>p2pchat</title>' })
        served.push(pathname)
        await route.fulfill({ contentType: 'text/javascript', body: await script(pathname) })
      })
      await page.goto(`${ORIGIN}/`)
    })

    after(async () => { await browser?.close() })

    it('gives what OpenSSL gives', async () => {
      const outputs = await page.evaluate(runInPage, { cases: CASES, bitslice: '/src/crypto/triple-des/bitslice.js', module: '/src/crypto/triple-des/module.js' })
      equal(outputs.length, CASES.length)
      CASES.forEach(({ key, prefix, length, firstBlock }, n) => {
        const data = Uint8Array.from({ length }, (_, i) => i & 0xff)
        const expected = oracleCtr(Uint8Array.from(key), Uint8Array.from(prefix), data, firstBlock)
        equal(outputs[n], Buffer.from(expected).toString('base64'), `${length} bytes from block ${firstBlock}`)
      })
    })

    it('needs no file that is for Node alone', () => {
      deepEqual([...new Set(served)].sort(), ['bitslice', 'input', 'layout', 'module'].map((name) => `/src/crypto/triple-des/${name}.js`).concat('/src/errors.js'))
    })
  })
}

interface InPage {
  cases: Case[]
  /** Where the page finds the driver and the module. */
  bitslice: string
  module: string
}

type Instantiate = (bytes: Uint8Array) => Promise<{ instance: WasmInstance }>

/** Runs in the page: compiles as pages do, not on the spot, and drives the same module with the same driver. */
async function runInPage ({ cases, bitslice, module }: InPage): Promise<string[]> {
  const { moduleBytes } = await import(module) as { moduleBytes: () => Uint8Array }
  const { BitslicedTripleDes } = await import(bitslice) as { BitslicedTripleDes: typeof Bitsliced }
  const { instantiate } = (globalThis as unknown as { WebAssembly: { instantiate: Instantiate } }).WebAssembly
  const tripleDes = new BitslicedTripleDes((await instantiate(moduleBytes())).instance)
  return cases.map(({ key, prefix, length, firstBlock }) => {
    const data = Uint8Array.from({ length }, (_, i) => i & 0xff)
    tripleDes.ctr(Uint8Array.from(key), Uint8Array.from(prefix), data, data, firstBlock)
    let text = ''
    for (const byte of data) text += String.fromCharCode(byte)
    return btoa(text)
  })
}

/** The compiled file, or in development its source, compiled on the way. */
async function script (pathname: string): Promise<string> {
  const file = new URL(`../../..${pathname}`, import.meta.url)
  if (import.meta.url.endsWith('.js')) return await readFile(file, 'utf8')
  const { default: ts } = await import('typescript')
  const source = await readFile(new URL(file.href.replace(/js$/, 'ts')), 'utf8')
  return ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText
}
