import ArgumentParser

/// `meshwright model`: lists, shows and imports models.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Lists the shipped models, shows one, or imports a Hugging Face configuration.",
        subcommands: [ModelListCommand.self, ModelShowCommand.self, ModelImportCommand.self])
}
