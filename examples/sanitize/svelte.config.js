// Shared by Vite and svelte-check. TypeScript in components is stripped by Svelte itself, so there is no preprocessor.
export default {
  compilerOptions: { runes: true },
};
