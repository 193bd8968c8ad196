/// The release this source tree builds, stated once for `--version`, reports and cache keys.
public enum ToolVersion {
    /// The version after Semantic Versioning; a plan cached by another version is never answered with.
    public static let current = "0.1.0"
}
