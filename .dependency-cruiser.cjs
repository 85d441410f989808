// Who may import whom (docs/architecture.md). Arrows go one way:
// cli -> node, rendezvous -> overlay, store -> records -> protocol, crypto -> errors, runtime, steady-time, later, build.
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [from, '^src/(errors|runtime|steady-time|later|build)\\.ts$', ...allowed] }
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'ground', severity: 'error', from: { path: '^src/(errors|runtime|steady-time|later|build)\\.ts$' }, to: { path: '^src/', pathNot: '^src/errors\\.ts$' } },
    layer('protocol', '^src/protocol/', []),
    layer('crypto', '^src/crypto/', ['^src/protocol/(limits|ids)\\.ts$']),
    layer('records', '^src/records/', ['^src/protocol/', '^src/crypto/']),
    layer('overlay', '^src/overlay/', ['^src/records/', '^src/protocol/', '^src/crypto/(bytes|ed25519|key-cache|raw-keys|signed-record)\\.ts$']),
    layer('store', '^src/store/', ['^src/protocol/']),
    layer('node', '^src/node/', ['^src/overlay/', '^src/store/', '^src/records/', '^src/protocol/', '^src/crypto/']),
    layer('rendezvous', '^src/rendezvous/', ['^src/overlay/', '^src/store/', '^src/records/', '^src/protocol/', '^src/crypto/(bytes|ed25519|signed-record|opaque/server|file/(leaf|merkle|limits))\\.ts$']),
    {
      name: 'server-cannot-decrypt',
      comment: 'Not even by a detour: nothing that a server loads reaches what opens messages.',
      severity: 'error',
      from: { path: '^src/rendezvous/' },
      to: { path: '^src/crypto/(seal|x3dh|double-ratchet|session|vault|group|triple-des|x25519|opaque/client)', reachable: true }
    },
    layer('cli', '^src/cli/', ['^src/node/', '^src/rendezvous/', '^src/overlay/', '^src/store/', '^src/records/', '^src/protocol/', '^src/crypto/']),
    {
      name: 'crypto-is-pure',
      severity: 'error',
      from: { path: '^src/crypto/', pathNot: '^src/crypto/triple-des/(pool|worker)' },
      to: { path: '^(node:)?(fs|fs/promises|net|http|https|child_process|worker_threads|os|dns)$|libp2p' }
    },
    {
      name: 'overlay-through-its-front-door',
      severity: 'error',
      from: { path: '^src/(node|rendezvous|cli)/' },
      to: { path: '^src/overlay/', pathNot: '^src/overlay/(index|network|peer-id)\\.ts$' }
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: '^src/polyfill\\.ts$' }, to: {} },
    { name: 'no-dev-dependency', severity: 'error', from: { path: '^(src|bin)/' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], extensions: ['.ts', '.js'] }
  }
}
