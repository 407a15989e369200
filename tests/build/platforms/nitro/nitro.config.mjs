export default {
  preset: 'cloudflare_module',
  compatibilityDate: '2026-10-01',
  srcDir: '.',
  experimental: { wasm: true },
};
