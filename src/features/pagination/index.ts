export { pagination } from './feature.ts'
export type { Connection, Page, PageArguments, PageInfo, PageMethods, PageOf, Total, TotalKind } from './types.ts'
