/** The roles of the database that the policies of the schema name. The application connects as none of them; its calls become them. */
export const roles = {
  /** Sees and writes every row. */
  admin: 'admin_role',
  /** Reads what is published, and of users their names. */
  reader: 'reader_role',
} as const

export const assumableRoles: readonly string[] = Object.values(roles)
