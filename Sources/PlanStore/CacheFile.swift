/// The cache's file, without looking into it.
public enum CacheFile {
    /// Whether there is a file at a path.
    public static func exists(path: String) -> Bool {
        (try? DatabaseFile(path: path))?.exists ?? false
    }

    /// Moves a damaged file aside and returns where it lies now.
    ///
    /// - Throws: `PlanStoreError.unwritable` when the directory cannot be changed.
    public static func moveAside(path: String) throws(PlanStoreError) -> String {
        try DatabaseFile(path: path).moveAside()
    }
}
