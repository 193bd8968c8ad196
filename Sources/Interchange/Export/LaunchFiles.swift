/// A file that a launcher or framework takes.
public struct LaunchFile: Hashable, Sendable {
    /// Its name; a folder of the launch may stand before it, as in `plan-1/megatron-lm.sh`.
    public var name: String
    /// Its whole content.
    public var text: String
    /// Whether it is a script to be run.
    public var isExecutable: Bool

    /// A file with its content.
    public init(name: String, text: String, isExecutable: Bool = false) {
        self.name = name
        self.text = text
        self.isExecutable = isExecutable
    }
}

/// What an export produces: files, and what they could not say.
public struct LaunchFiles: Hashable, Sendable {
    /// The files; names are unique.
    public var files: [LaunchFile]
    /// Parts of the plan that the target cannot express, one sentence each; the headers of the files repeat them.
    public var warnings: [String]

    /// Files and what they leave out.
    public init(files: [LaunchFile], warnings: [String] = []) {
        self.files = files
        self.warnings = warnings
    }
}
