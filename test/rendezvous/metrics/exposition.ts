import assert from 'node:assert/strict'

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
const SAMPLE = new RegExp(`^((${NAME})(?:\\{(?:${LABEL}(?:,${LABEL})*)?\\})?) ([Nn]a[Nn]|[+-]?Inf|[-+]?[0-9.]+(?:e[-+]?[0-9]+)?)$`)

/** Reads Prometheus text strictly: every sample belongs to a metric with HELP and TYPE before it. @returns a sample's value */
export function parseExposition (text: string): (sample: string) => number {
  const samples = new Map<string, number>()
  const helped = new Set<string>()
  const types = new Map<string, string>()
  for (const line of text.split('\n')) {
    const help = /^# HELP (\S+) (\S.*)$/.exec(line)
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line)
    if (help !== null) helped.add(help[1] ?? '')
    else if (type !== null) types.set(type[1] ?? '', type[2] ?? '')
    else if (line !== '') {
      const [, sample = '', name = '', value = ''] = SAMPLE.exec(line) ?? assert.fail(`No sample: ${line}`)
      const metric = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
      assert.ok(types.has(metric) && helped.has(metric), `${metric} is not described.`)
      assert.ok(metric !== name || types.get(metric) !== 'counter' || name.endsWith('_total'), `${name} is a counter.`)
      assert.ok(!samples.has(sample), `${sample} is there twice.`)
      samples.set(sample, Number(value.replace('Inf', 'Infinity')))
    }
  }
  return (sample) => samples.get(sample) ?? assert.fail(`There is no ${sample}:\n${text}`)
}
