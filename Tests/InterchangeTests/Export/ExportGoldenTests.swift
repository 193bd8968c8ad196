import Interchange
import Parallelism
import Testing

/// Every exporter's files, kept word for word, so that a change of one is seen and meant.
@Suite struct ExportGoldenTests {
    private func check(_ plan: LaunchConfiguration, _ target: ExportTarget, _ folder: String) throws {
        for file in try plan.files(for: target).files { try GoldenFile.expect(file.text, in: "\(folder)/\(file.name)") }
    }

    @Test(arguments: ExportTarget.allCases.filter { !$0.isLauncher })
    func `a dense plan with interleaved stages`(target: ExportTarget) throws {
        try check(ExportFixtures.dense(), target, "dense")
    }

    @Test(arguments: [ExportTarget.megatronLM, .megatronCore019, .megatronCore015, .megatronBridge, .torchTitan])
    func `a mixture of experts with uneven stages`(target: ExportTarget) throws {
        try check(ExportFixtures.mixture(), target, "mixture")
    }

    @Test(arguments: [ExportTarget.megatronLM, .torchTitan, .torchTitan03, .accelerate])
    func `a fully sharded plan`(target: ExportTarget) throws {
        try check(ExportFixtures.sharded(), target, "sharded")
    }

    @Test func `a fully sharded plan whose ranks trade heads`() throws {
        var plan = try ExportFixtures.sharded()
        plan.strategy.contextKind = .ulysses
        try check(plan, .deepSpeed, "sharded")
    }

    @Test(arguments: ExportTarget.allCases.filter { $0.isLauncher && $0 != .openMPI })
    func `launchers on nodes without names`(target: ExportTarget) throws {
        try check(ExportFixtures.sharded(), target, "unnamed")
    }

    @Test(arguments: ExportTarget.allCases.filter(\.isLauncher))
    func `launchers of nodes and GPUs in another order`(target: ExportTarget) throws {
        try check(ExportFixtures.sharded(nodeNames: ExportFixtures.names, placement: ExportFixtures.permuted), target, "permuted")
    }

    @Test(arguments: [ExportTarget.slurm, .openMPI])
    func `launchers of any map`(target: ExportTarget) throws {
        try check(ExportFixtures.sharded(nodeNames: ExportFixtures.names, placement: ExportFixtures.scattered), target, "scattered")
    }
}
