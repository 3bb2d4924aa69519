import { type ConfigInput, type DatabaseConfig, defineConfig } from 'substrata'

export const DatabaseConfigFactory = {
  /**
   * The configuration of one environment: five connections and a log of all statements in development, ten and the log in
   * staging, twenty and none in production; thirty seconds for a query.
   *
   * @param limits what differs from the environment's preset
   * @throws SUB_CONFIG_INVALID, which lists everything wrong with the environment and its variables, never a value of theirs
   */
  create(
    environment: string,
    variables: Readonly<Record<string, string | undefined>> = process.env,
    limits: ConfigInput = {},
  ): DatabaseConfig {
    return defineConfig({ applicationName: 'shop', ...limits }, { ...variables, SUBSTRATA_ENV: environment })
  },
}
