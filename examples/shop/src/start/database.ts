/** The database that the shop is opened on. */
export interface ShopDatabase extends AsyncDisposable {
  /** As the application role. */
  readonly url: string
  /** As the role that owns the tables. */
  readonly ownerUrl: string
  /** Whether it was started here, for the shop alone. */
  readonly own: boolean
  /** Where it is, in a line each. */
  readonly description: readonly string[]
  /** Begins, after a great load, to write it to the data files, so that no node has to replay it at its next start. */
  checkpoint(): void
  /** Settles when the server is gone for good. Of a database that others run, nobody here can say that: never. */
  readonly lost: Promise<string>
}
