// What `import module from './x.wasm'` gives in the Workers runtime and in wrangler's bundle, and with `?module` in that of
// others.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}
