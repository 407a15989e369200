export default { serverExternalPackages: ['threadkv'] };
