/**
 * Puts the binary's thousand modules into a few files: finding and reading each by itself took most of the time of a short
 * command. The library (dist/src) stays as it is, and threads are started from there.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'

const folder = 'dist/bin'
/** Native, with files of its own, optional, or CommonJS that only some commands load: taken from where they are installed. */
const external = ['level', 'classic-level', '@serenity-kit/opaque', 'pino', 'prom-client', 'pngjs', 'jpeg-js', 'sixel']

/** The binary's source asks for what tsc has made: what tsc makes of the binary itself is overwritten here. */
const compiled = {
  name: 'compiled',
  setup ({ onResolve }) {
    onResolve({ filter: /^\.\.\/src\// }, ({ path, importer }) => importer === resolve('bin/p2pchat.ts') ? { path: resolve(folder, path) } : undefined)
  }
}

/** What a module starts or reads beside itself is meant from where it was, not from the file that it is in now. */
const besides = {
  name: 'besides',
  setup ({ onLoad }) {
    onLoad({ filter: /[/\\]dist[/\\]src[/\\].*\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes('import.meta.url')) return
      return { contents: text.replaceAll(/new URL\('(\.\/[^']+)', import\.meta\.url\)/g, (_all, file) => `new URL(${JSON.stringify(relative(folder, resolve(dirname(path), file)).replaceAll('\\', '/'))}, import.meta.url)`) }
    })
  }
}

const { metafile } = await build({
  entryPoints: ['bin/p2pchat.ts'],
  outdir: folder,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external,
  plugins: [compiled, besides],
  metafile: true,
  logLevel: 'warning',
  // What is CommonJS in it asks for Node's own modules by require().
  banner: { js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);" }
})

const packages = new Set(Object.keys(metafile.inputs).flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))
writeFileSync(join(folder, 'LICENSES.txt'), [...packages].sort().map(licenseOf).join('\n'))

function licenseOf (path) {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  const texts = readdirSync(path).filter((entry) => /^(licen[cs]e|notice)/i.test(entry)).map((entry) => readFileSync(join(path, entry), 'utf8'))
  return `${name} ${version} (${license})\n\n${texts.join('\n')}`
}
