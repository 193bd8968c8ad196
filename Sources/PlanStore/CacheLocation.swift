import Foundation

/// Where the cache of plans lies when the user names no other place.
public enum CacheLocation {
    /// `$XDG_CACHE_HOME/meshwright/plans.sqlite`, or under `~/.cache` where that variable is unset, empty or not an absolute path.
    ///
    /// Source: freedesktop.org, *XDG Base Directory Specification* 0.8, which has relative paths ignored.
    public static func standard(environment: [String: String]) -> String {
        if let directory = environment["XDG_CACHE_HOME"], directory.hasPrefix("/") {
            return path(in: directory)
        }
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return path(in: (home ?? FileManager.default.homeDirectoryForCurrentUser.path) + "/.cache")
    }

    private static func path(in directory: String) -> String {
        URL(filePath: directory).appending(path: "meshwright/plans.sqlite").path
    }
}
