import ArgumentParser
import Documents
import Interchange
import Reports
import Workload

/// `meshwright model import`: turns a Hugging Face configuration into a model file.
struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Turns a Hugging Face config.json into a model file.",
        discussion: """
            Reads the decoders of transformers 5.10, the text parts of models that read pictures or sound, and types of remote code. What a \
            configuration has beside the text model is named and left out. The result goes to standard output or to --output.
            """)

    @Argument(help: "The path of a config.json.", completion: .file(extensions: ["json"]))
    var config: String

    @Option(help: "The model's name. By default the one the configuration gives, or its family.")
    var name: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Read the configuration as one of this model_type, whatever its own; the keys that this leaves unused are listed.",
            valueName: "family"))
    var family: String?

    @Option(name: OptionNames.output.specification, help: "The model file to write.", completion: .file(extensions: ["yaml"]))
    var output: String?

    @OptionGroup var replacing: ForceOption

    func validate() throws {
        if name?.isEmpty == true { throw ValidationError("--name is empty; give the model a name such as my-model-7b") }
    }

    func run() throws {
        try OutputFile.check([OutputFile(option: "--output", path: OutputFile.path(output), replaces: replacing.force)], inputs: [config])
        if let family, !HuggingFaceConfig.knownFamilies.contains(family) {
            let nearest = NearestName.best(for: family, among: HuggingFaceConfig.knownFamilies).map { "did you mean \($0)?" }
            throw ValidationError("--as \(family): no family of that name is read; \(nearest ?? "model_type of the file names one")")
        }
        let result = try HuggingFaceConfig.read(path: config, name: name, as: family)
        for note in result.notes { ErrorReporting.warn("\(note.place): \(note.key): \(note.what)") }
        let text = ModelDocument.text(result.model)
        guard let output = OutputFile.path(output) else { return Console.print(text, terminator: "") }
        try AtomicFile.write(Array(text.utf8), to: output)
    }
}
