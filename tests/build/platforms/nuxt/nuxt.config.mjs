export default {
  compatibilityDate: '2026-09-01',
  telemetry: false,
  nitro: { preset: 'cloudflare_module', experimental: { wasm: true } },
};
