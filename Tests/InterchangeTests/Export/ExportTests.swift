import Foundation
import Hardware
import Interchange
import Parallelism
import Schedules
import Search
import Testing
import Workload

@Suite struct ExportTests {
    typealias Fixtures = ExportFixtures

    private func text(_ plan: LaunchConfiguration, _ target: ExportTarget, _ name: String) throws -> String {
        try #require(plan.files(for: target).files.first { $0.name == name }).text
    }

    /// What bash does with a script, without running programs.
    private func bash(_ arguments: [String], input: String) throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString).sh")
        try input.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = arguments + [file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static let hostile = "evil\"'$(touch /tmp/owned)`id`;rm -rf x & #\n[x]=\\ *"

    /// torchtune has no script, and no code for models that it does not know.
    @Test(arguments: ExportTarget.allCases.filter { $0 != .torchtune })
    func `scripts are scripts whatever the names hold`(target: ExportTarget) throws {
        var plan = try Fixtures.sharded(nodeNames: target.isLauncher ? ["a$(id)", "b;c", "d&e", "f*g"] : [])
        // DeepSpeed's ranks share sequences by trading heads alone.
        if target == .deepSpeed { plan.strategy.contextKind = .ulysses }
        plan.model.name = Self.hostile
        plan.cluster.name = Self.hostile
        plan.command = ["bash", "./it's $(evil).sh", ""]
        for file in try plan.files(for: target).files where file.isExecutable {
            let (status, output) = try bash(["-n"], input: file.text)
            #expect(status == 0, "\(file.name): \(output)")
            let shell = file.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            #expect(!shell.contains { $0.contains("touch /tmp/owned") && !$0.contains("'") })
        }
    }

    @Test func `a quoted word comes back as it was`() throws {
        var plan = try Fixtures.sharded(nodeNames: Fixtures.names)
        plan.command = ["it's", "$(id)", "`x`", "", "a b", "\\", "*", "-n", "~"]
        let script = try text(plan, .torchrun, "torchrun.sh")
        let line = try #require(script.split(separator: "\n").first { $0.contains("|| set --") })
        let (_, output) = try bash([], input: "\(line)\nfor word; do printf '<%s>' \"$word\"; done")
        #expect(output == plan.command.map { "<\($0)>" }.joined())
    }

    @Test(arguments: ["two words", "tab\tname", "new\nline", "a#b", "a,b", "n[1-3]", "ümlaut"])
    func `names of nodes that files cannot hold are refused`(name: String) throws {
        let plan = try Fixtures.sharded(nodeNames: ["a", name, "c", "d"])
        #expect(throws: ExportError.self) { try plan.files(for: .slurm) }
        #expect(throws: ExportError.self) { try plan.files(for: .openMPI) }
    }

    @Test func `a hostfile names the node of every rank`() throws {
        let plan = try Fixtures.sharded(nodeNames: Fixtures.names, placement: Fixtures.scattered)
        let hosts = try text(plan, .slurm, "slurm.hosts").split(separator: "\n")
        #expect(hosts.count == 32)
        #expect(hosts[0] == "alpha" && hosts[1] == "alpha" && hosts[2] == "beta" && hosts[8] == "alpha")
        #expect(try text(plan, .openMPI, "openmpi.ranks").contains("rank 2=beta slot=0-7\n"))
    }

    @Test(arguments: [ExportTarget.torchrun, .jobSet, .pyTorchJob])
    func `launchers of whole nodes refuse scattered ranks`(target: ExportTarget) throws {
        let plan = try Fixtures.sharded(nodeNames: Fixtures.names, placement: Fixtures.scattered)
        #expect { try plan.files(for: target) } throws: { error in
            "\(error)".contains("alpha holds ranks 0, 1, 8, 9") && "\(error)".contains("use slurm or openmpi")
        }
    }

    @Test func `nanotron refuses more tensor parallelism than key-value heads`() throws {
        var plan = try Fixtures.dense()
        #expect(throws: Never.self) { try plan.files(for: .nanotron) }
        plan.model.attention?.keyValueHeads = 4
        #expect { try plan.files(for: .nanotron) } throws: {
            "\($0)".contains("nanotron does not start this plan: its tensor parallelism of 8")
        }
    }

    @Test func `only newer Megatron repeats key-value heads over tensor ranks`() throws {
        var plan = try Fixtures.dense()
        #expect(throws: Never.self) { try plan.files(for: .megatronCore015) }
        plan.model.attention?.keyValueHeads = 4
        #expect(throws: Never.self) { try plan.files(for: .megatronCore019) }
        #expect { try plan.files(for: .megatronCore015) } throws: {
            "\($0)".contains("megatron-core-0.15 does not start this plan: it takes key/value heads in multiples of the tensor size")
        }
    }

    @Test func `a map must give every rank its own GPU`() throws {
        var places = Fixtures.permuted
        places[3].gpu = places[2].gpu
        #expect(throws: ExportError.badPlacement("two ranks share GPU 3 of gamma")) {
            try Fixtures.sharded(nodeNames: Fixtures.names, placement: places)
        }
        #expect(throws: ExportError.self) { try Fixtures.sharded(placement: Array(Fixtures.permuted.dropLast())) }
    }

    @Test func `layers that embedding and loss make uneven use their flags`() throws {
        let base = try Fixtures.dense()
        var strategy = base.strategy
        strategy.pipeline = 4
        strategy.virtualStages = 1
        strategy.schedule = .oneForwardOneBackward
        strategy.layout = .explicit([20, 20, 20, 20])
        func flags(_ counts: [Int], layers: Int) throws -> String {
            strategy.layout = .explicit(counts)
            var model = base.model
            model.layers = layers
            let plan = try LaunchConfiguration(
                model: model, strategy: strategy, job: base.job, choices: base.choices, cluster: base.cluster)
            return try text(plan, .megatronLM, "megatron-lm.args")
        }
        #expect(try flags([19, 20, 20, 19], layers: 78).contains("--account-for-loss-in-pipeline-split\n"))
        #expect(try !flags([20, 20, 20, 20], layers: 80).contains("split"))
        #expect(try flags([18, 21, 21, 20], layers: 80).contains("--pipeline-model-parallel-layout\nEt*18|t*21|t*21|t*20L\n"))
    }

    @Test func `what a target cannot express is in the header and in the warnings`() throws {
        let plan = try Fixtures.dense()
        let files = try plan.files(for: .accelerate)
        let lost = try #require(files.warnings.first { $0.contains("without pipelines") })
        #expect(files.files[0].text.contains("# - \(lost)\n"))
        var odd = try Fixtures.dense()
        odd.strategy.schedule = .dualPipeV
        #expect(try odd.files(for: .megatronLM).warnings.contains { $0.contains("no schedule dualpipe-v") })
        #expect(try odd.files(for: .torchTitan).warnings.allSatisfy { !$0.contains("schedule") })
    }

    @Test func `versions of Megatron differ where their flags do`() throws {
        let plan = try Fixtures.mixture()
        #expect(try text(plan, .megatronCore015, "megatron-core-0.15.args").contains("--moe-enable-deepep\n"))
        #expect(try text(plan, .megatronCore019, "megatron-core-0.19.args").contains("--moe-flex-dispatcher-backend\ndeepep\n"))
        var other = plan
        other.job.optimizer = .muon
        #expect(try other.files(for: .megatronCore015).warnings.contains { $0.contains("no Muon") })
        #expect(try text(other, .megatronLM, "megatron-lm.args").contains("--optimizer\nmuon\n"))
    }

    @Test(arguments: [
        (ExportTarget.megatronLM, "megatron-lm.args"), (.megatronCore019, "megatron-core-0.19.args"),
        (.megatronCore015, "megatron-core-0.15.args"),
    ])
    func `what Megatron takes for granted is written or said`(target: ExportTarget, name: String) throws {
        var plan = try Fixtures.dense()
        let arguments = try text(plan, target, name)
        #expect(arguments.contains("--attention-dropout\n0.0\n--hidden-dropout\n0.0\n"))
        #expect(arguments.contains("--rotary-base\n500000\n--use-rope-scaling\n--rope-scaling-factor\n8.0\n"))
        plan.keepsDropout = true
        plan.model.rotary = nil
        let bare = try text(plan, target, name)
        #expect(!bare.contains("dropout") && !bare.contains("--rotary-base\n"))
        #expect(try plan.files(for: target).warnings.contains { $0.contains("the default of --rotary-base applies") })
        plan.model.rotary = RotaryEmbedding(theta: 10_000, scaling: .init(kind: .yarn, factor: 40))
        #expect(try plan.files(for: target).warnings.contains { $0.contains("yarn by 40.0") })
    }

    @Test func `mixture layers follow the model`() throws {
        var plan = try Fixtures.mixture()
        #expect(try text(plan, .megatronLM, "megatron-lm.args").contains("--moe-layer-freq\n[0]*3+[1]*58\n"))
        plan.model.experts?.firstDenseLayers = 0
        plan.model.experts?.everyLayers = 2
        #expect(try text(plan, .megatronLM, "megatron-lm.args").contains("--moe-layer-freq\n([0]*1+[1])*30+[0]*1\n"))
    }
}
