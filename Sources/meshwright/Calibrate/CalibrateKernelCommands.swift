import ArgumentParser
import Calibration
import Documents
import Hardware
import Quantities
import Reports

/// `meshwright calibrate recurrence`: fits recurrences and short convolutions.
struct CalibrateRecurrenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recurrence",
        abstract: "Fits the constants of recurrences and short convolutions, which are the same on every GPU.",
        discussion: """
            Columns: gpu, op (gated_delta, kda, mamba2), kernel (chunk_gated_delta_rule, chunk_kda, mamba_chunk_scan_combined, \
            causal_conv1d_fn), batch, seq_len, key_heads, key_dim, value_heads, value_dim, time_us; chunk and source where the table has them. \
            Forward timings. Half of the points, which the seed picks, only check the fit.
            """)

    @OptionGroup var options: CalibrateKernelOptions

    func run() throws {
        try options.check(kernels: RecurrenceFit.kernels)
        let result = try RecurrenceFit(options.timings(), gpu: options.finder(), rows: options.rows, seed: options.fit.seed).run()
        try options.finish(result.fit, kind: "recurrence")
    }
}

/// `meshwright calibrate sparse-attention`: fits attention over chosen keys and its indexer.
struct CalibrateSparseAttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sparse-attention",
        abstract: "Fits the constants of sparse latent attention and its indexer, which are the same on every GPU.",
        discussion: """
            Columns: gpu, op (sparse_attention, indexer_scores, top_k), heads, batch, new_tokens, past_tokens, time_us; source where the table \
            has it. Forward timings of DeepSeek-V3.2's sizes. Half of the points, which the seed picks, only check the fit.
            """)

    @OptionGroup var options: CalibrateKernelOptions

    func run() throws {
        try options.check(kernels: SparseAttentionFit.kernels)
        let result = try SparseAttentionFit(options.timings(), gpu: options.finder(), rows: options.rows, seed: options.fit.seed).run()
        try options.finish(result.fit, kind: "sparse-attention")
    }
}

/// The table and the rows of fits over several GPUs.
struct CalibrateKernelOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Table of timings, with a header.", valueName: "DATA.csv"))
    var table: String

    @Option(help: ArgumentHelp("Only these kernels, by the names that the report has for them; may be repeated.", valueName: "NAME"))
    var kernel: [String] = []

    @Option(help: ArgumentHelp("Only rows whose source column contains this text, such as vllm.", valueName: "TEXT"))
    var source: String?

    @Option(help: ArgumentHelp("Leave out the rows of this GPU, by the name that the table has for it; may be repeated.", valueName: "GPU"))
    var except: [String] = []

    @OptionGroup var fit: CalibrateOutputOptions

    /// Throws where a kernel has no such name, or the output may not be written.
    func check(kernels: [String]) throws {
        if let unknown = kernel.first(where: { !kernels.contains($0) }) {
            throw ValidationError("--kernel \(unknown): expected one of \(kernels.joined(separator: ", "))")
        }
        try fit.check(inputs: [table])
    }

    /// The rows that are meant.
    var rows: TimingRows { TimingRows(source: source, kernels: kernel, except: except) }

    /// The table; rows with other numbers of fields than the header are left out and counted.
    func timings() throws -> CSVTable { try CSVTable.read(path: table, skippingRagged: true) }

    /// Finds a shipped GPU type by the name that tables of timings have for it.
    func finder() throws -> (String) -> GPU? {
        let library = ProfileLibrary.installed
        let aliases = try RunAliases.read(path: library.aliasPath())
        return { try? library.gpu(aliases.gpuType($0)) }
    }

    /// Writes the constants where asked to and prints the report.
    func finish(_ result: OperatorFit, kind: String) throws {
        let constants = result.changes.map { YAMLField($0.key, .number($0.after)) }
        try fit.finish(
            OperatorFitReport(kind: kind, target: "every GPU", fit: result), profile: .mapping(constants),
            comment: ["Constants of the cost models fitted by meshwright calibrate \(kind)."])
    }
}
