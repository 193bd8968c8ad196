import ArgumentParser

/// `meshwright cache`: looks at and tidies the file of remembered plans.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Shows, lists, empties or compacts the cache of plans.",
        discussion: """
            A plan is remembered under a digest of everything that it depends on, the release of meshwright included, so it never goes stale. \
            Beyond 1,000 plans or 256 MiB the least recently used are forgotten. 'plan --no-cache' neither reads nor writes it.
            """,
        subcommands: [CacheInfoCommand.self, CacheListCommand.self, CacheClearCommand.self, CacheVacuumCommand.self])
}
