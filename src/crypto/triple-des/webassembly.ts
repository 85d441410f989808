/** As much of WebAssembly's JavaScript interface as is used here; the compiler's ES libraries do not describe it. */

export interface WasmModule { readonly [Symbol.toStringTag]: string }

export interface WasmInstance { readonly exports: Readonly<Record<string, unknown>> }

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => WasmModule
  Instance: new (module: WasmModule) => WasmInstance
}

/**
 * Compiles and instantiates a module without imports.
 *
 * @returns undefined where WebAssembly, or an instruction of the module, is missing
 */
export function instantiate (bytes: Uint8Array): WasmInstance | undefined {
  const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly
  if (api === undefined) return undefined
  try {
    return new api.Instance(new api.Module(bytes))
  } catch {
    return undefined
  }
}
