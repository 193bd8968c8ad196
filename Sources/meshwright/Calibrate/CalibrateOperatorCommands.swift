import ArgumentParser
import Calibration
import Documents
import Hardware
import Reports

/// `meshwright calibrate gemm`: fits a GPU's matrix products.
struct CalibrateMatrixProductCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gemm",
        abstract: "Fits a GPU's matrix-product constants.",
        discussion: """
            Columns: dtype (bf16, fp16, fp8), m, n, k, time_us, and gpu where the table has several. Timings are taken to be short bursts. \
            Half of the points, which the seed picks, only check the fit.
            """)

    @OptionGroup var options: CalibrateOperatorOptions

    func run() throws {
        let (gpu, names) = try options.resolved(.installed)
        let result = try MatrixProductFit(options.timings(), names: names, gpu: gpu, seed: options.fit.seed).run()
        try options.fit.finish(
            OperatorFitReport(kind: "gemm", target: gpu.name, fit: result.fit), profile: result.gpu.document,
            comment: ["Matrix products fitted by meshwright calibrate gemm."])
    }
}

/// `meshwright calibrate attention`: fits a GPU's fused attention.
struct CalibrateAttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attention",
        abstract: "Fits a GPU's fused-attention constants.",
        discussion: """
            Columns: kind (fwd, prefill_fwd or bwd), batch, seq_q, seq_kv, heads, kv_heads, head_dim, time_us; v_head_dim, causal and gpu where \
            they differ. Half of the points, which the seed picks, only check the fit.
            """)

    @OptionGroup var options: CalibrateOperatorOptions

    func run() throws {
        let (gpu, names) = try options.resolved(.installed)
        let result = try AttentionFit(options.timings(), names: names, gpu: gpu, seed: options.fit.seed).run()
        try options.fit.finish(
            OperatorFitReport(kind: "attention", target: gpu.name, fit: result.fit), profile: result.gpu.document,
            comment: ["Fused attention fitted by meshwright calibrate attention."])
    }
}

/// `meshwright calibrate collective`: fits a fabric's collectives.
struct CalibrateCollectiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collective",
        abstract: "Fits a fabric's collective constants and keeps the measured curves.",
        discussion: """
            Columns: op (all_reduce, all_gather, reduce_scatter, alltoall, sendrecv), gpus, bytes, time_us as nccl-tests prints them; nodes, \
            fabric, dtype and gpu where the table has them. A quarter of the sizes of every curve only checks the fit. The file written has the \
            keys of a cluster file: copy them into yours.
            """)

    @OptionGroup var options: CalibrateOperatorOptions

    @Option(help: "The cluster whose fabric it is: a shipped name or a path. By default the first shipped one with the GPU.")
    var cluster: String?

    @Option(help: ArgumentHelp("Only rows whose source column contains this text, such as nccl.", valueName: "TEXT"))
    var source: String?

    @Option(help: ArgumentHelp("Only rows with this value in the fabric column; may be repeated.", valueName: "NAME"))
    var fabric: [String] = []

    func run() throws {
        let library = ProfileLibrary.installed
        let (gpu, names) = try options.resolved(library)
        try options.fit.check(inputs: [OutputFile.file(.cluster, cluster)])
        let profile = try library.cluster(try cluster ?? defaultCluster(library, gpu))
        let result = try CollectiveFit(
            options.timings(), names: names, cluster: profile, rows: .init(source: source, fabrics: fabric), seed: options.fit.seed
        ).run()
        try options.fit.finish(
            OperatorFitReport(kind: "collective", target: profile.name, fit: result.fit), profile: result.cluster.collectivesDocument,
            comment: [
                "Collectives of \(profile.name) fitted by meshwright calibrate collective.",
                "Copy these keys into the cluster's file.",
            ])
    }

    private func defaultCluster(_ library: ProfileLibrary, _ gpu: GPU) throws -> String {
        if let cluster = try library.shippedCluster(with: gpu) { return cluster.name }
        if let name = try RunAliases.read(path: library.aliasPath()).cluster(ofGPUType: gpu.name) { return name }
        throw CommandFailure(.badInput, "no shipped cluster has the GPU \(gpu.name); name one with --cluster")
    }
}
