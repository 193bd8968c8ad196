import ArgumentParser
import Calibration
import Documents
import Hardware
import Reports

/// The table, the GPU and the outputs that fits of operators share.
struct CalibrateOperatorOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Table of timings, with a header.", valueName: "DATA.csv"))
    var table: String

    @Option(help: "The GPU type: a shipped name, the path of a GPU file, or the name that the table uses.")
    var gpu: String

    @Option(help: "The value of the table's gpu column whose rows are used, where it differs from the GPU's name.")
    var rows: String?

    @OptionGroup var fit: CalibrateOutputOptions

    /// The table; rows with other numbers of fields than the header, which spreadsheets leave behind, are left out and counted.
    func timings() throws -> CSVTable { try CSVTable.read(path: table, skippingRagged: true) }

    /// The GPU type, and how tables name it.
    func resolved(_ library: ProfileLibrary) throws -> (gpu: GPU, names: [String]) {
        try fit.check(inputs: [table, OutputFile.file(.gpu, gpu)])
        let aliases = try RunAliases.read(path: library.aliasPath())
        let type = try library.gpu(aliases.gpuType(gpu))
        return (type, rows.map { [$0] } ?? ([gpu] + aliases.names(ofGPUType: type.name)))
    }
}

/// Where the fitted profile goes, the form of the report, and the seed.
struct CalibrateOutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the fitted constants, with their source, into this YAML file.", valueName: "FILE"))
    var output: String?

    @OptionGroup var replacing: ForceOption

    @Option(help: "Decides which points or runs only check the fit.")
    var seed: UInt64 = 0

    @OptionGroup var form: PlainFormatOption

    /// Throws where the file exists and may not be replaced; `inputs` are what the fit reads.
    func check(inputs: [String?]) throws {
        try OutputFile.check([OutputFile(option: "--output", path: output, replaces: replacing.force)], inputs: inputs)
    }

    /// Writes the profile where asked to and prints the report.
    func finish(_ report: OperatorFitReport, profile: YAMLContent, comment: [String]) throws {
        if let output { try AtomicFile.write(Array(YAMLWriter.text(profile, comment: comment).utf8), to: output) }
        switch form.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text(), terminator: "")
        }
    }
}
