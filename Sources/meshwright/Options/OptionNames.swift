import ArgumentParser

/// The names of an option that has several: options are declared by them, and what looks for an option in the arguments knows them from here.
struct OptionNames {
    /// Its names but for the first, as they are typed.
    let others: [String]
    /// What declares the option.
    let specification: NameSpecification

    private init(_ first: String, _ others: [NameSpecification.Element], typed: [String]) {
        self.others = typed
        specification = NameSpecification([.customLong(first)] + others)
    }

    private static func long(_ first: String, _ second: String) -> OptionNames {
        OptionNames(first, [.customLong(second)], typed: ["--\(second)"])
    }

    private static func short(_ first: String, _ letter: Character) -> OptionNames {
        OptionNames(first, [.customShort(letter)], typed: ["-\(letter)"])
    }

    /// The file that a command writes.
    static let output = short("output", "o")
    /// Ranks of a pipeline.
    static let pipeline = long("pp", "pipeline")
    /// Stages of a rank of a pipeline.
    static let chunks = long("vpp", "chunks")

    /// All options with several names.
    static let all = [output, pipeline, chunks]
}
