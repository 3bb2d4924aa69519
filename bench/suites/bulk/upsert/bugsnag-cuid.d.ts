// The package's own declarations are not among its exports.
declare module '@bugsnag/cuid' {
  // biome-ignore lint/style/noDefaultExport: it is how the package exports it
  export default function cuid(): string
}
