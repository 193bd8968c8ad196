/// Getting rid of a damaged cache by hand.
public enum CacheRepair {
    /// Moves the file at a path aside and returns where it lies now.
    ///
    /// - Throws: `PlanStoreError.unwritable` when the directory cannot be changed.
    public static func moveAside(path: String) throws(PlanStoreError) -> String {
        try DatabaseFile(path: path).moveAside()
    }

    /// Whether there is a file at a path.
    public static func exists(path: String) -> Bool {
        (try? DatabaseFile(path: path))?.exists ?? false
    }
}
