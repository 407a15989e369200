// What `import module from './x.wasm'` gives in the Workers runtime and in wrangler's bundle.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
