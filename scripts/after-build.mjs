// tsc leaves the binary without its executable bit; npm links it as it is.
import { chmodSync } from 'node:fs'

chmodSync('dist/bin/p2pchat.js', 0o755)
