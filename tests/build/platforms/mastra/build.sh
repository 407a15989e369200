# The last step of a build installs what was left outside. Where threadkv is not on npm that fails, and is not needed
# here: wrangler finds it in this project's node_modules.
npx mastra build || grep -q "from 'threadkv" .mastra/output/mastra.mjs
