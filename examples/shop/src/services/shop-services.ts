import { BulkOperationService } from './bulk-operation-service.ts'
import type { ShopClient } from './database-client-factory.ts'
import { OptimizedQueryService } from './optimized-query-service.ts'
import { OrderService } from './order-service.ts'
import { PostService } from './post-service.ts'
import { UserService } from './user-service.ts'

/** Every service that works on someone's rows. */
export interface ShopServices {
  readonly users: UserService
  readonly posts: PostService
  readonly queries: OptimizedQueryService
  readonly orders: OrderService
  readonly bulk: BulkOperationService
}

/** @param prisma - In the context of whoever calls. */
export function servicesOf(prisma: ShopClient): ShopServices {
  return {
    users: new UserService(prisma),
    posts: new PostService(prisma),
    queries: new OptimizedQueryService(prisma),
    orders: new OrderService(prisma),
    bulk: new BulkOperationService(prisma),
  }
}
