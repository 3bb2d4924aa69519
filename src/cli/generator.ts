import { featureAnnotations } from '../features/annotations.ts'
import { runGenerator } from '../schema/index.ts'

/** Serves one `prisma generate` with every annotation that there is. */
export function serveGenerator(): void {
  runGenerator(featureAnnotations)
}
