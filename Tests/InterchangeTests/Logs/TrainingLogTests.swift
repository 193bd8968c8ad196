import Documents
import Interchange
import Testing
import Workload

@Suite struct TrainingLogTests {
    typealias Fixtures = LogFixtures

    private func megatron(_ text: String) throws -> TrainingLog { try TrainingLog.parse(text: text, file: "run.log", .megatron) }
    private func titan(_ text: String) throws -> TrainingLog { try TrainingLog.parse(text: text, file: "run.log", .torchtitan) }

    @Test func `steps, memory and configuration of Megatron`() throws {
        let log = try megatron(
            Fixtures.arguments() + Fixtures.steps([1], of: 20) { _ in 30_000 }
                + Fixtures.memory(rank: 0, iteration: 1, allocated: 51_200, reserved: 61_440)
                + Fixtures.memory(rank: 16, iteration: 1, allocated: 40_960, reserved: 66_560)
                + Fixtures.steps([2, 3], of: 20) { 9000 + Double($0) })
        let start = log.measured
        #expect(start.steps.map(\.iteration) == [1, 2, 3])
        #expect(start.steps.map(\.seconds) == [30, 9.002, 9.003])
        // The largest of each kind over all ranks that report: MB are MiB.
        #expect(start.memory.allocated == 50 && start.memory.reserved == 65 && start.memory.device == nil)
        #expect(start.outOfMemoryLine == nil && log.notes.isEmpty)
        let configuration = try #require(start.configuration)
        #expect(configuration.strategy["tp"] == "2" && configuration.strategy["pp"] == "4" && configuration.strategy["vpp"] == "2")
        #expect(configuration.strategy["etp"] == nil, "a dense model has no experts to split")
        #expect(configuration.strategy["sequence-parallel"] == "on" && configuration.strategy["optimizer-sharding"] == "zero1")
        #expect(configuration.strategy["recompute"] == "none")
        #expect(configuration.gpus == 64 && configuration.globalBatch == 128 && configuration.sequenceLength == 8192)
        #expect(configuration.precision == .bf16 && configuration.unread.isEmpty)
        let model = try #require(configuration.model)
        #expect(model.layers == 32 && model.attention?.keyValueHeads == 8 && !model.feedForward.hasBias && !model.hasTiedEmbeddings)
    }

    @Test func `lists, types and derived sizes among the arguments`() throws {
        let mixture = [
            "num_experts": "8", "moe_layer_freq": "[0, 0, 1, 1, 1, 1, 1, 1]", "num_layers": "8", "moe_ffn_hidden_size": "1024",
            "recompute_granularity": "selective", "recompute_modules": "['layernorm', 'moe_act']", "exp_avg_dtype": "torch.bfloat16",
            "fp8": "hybrid", "fp8_recipe": "tensorwise", "pipeline_model_parallel_layout": "Et|t*2|t*2|t|t|tL||", "window_size": "(127, 0)",
            "expert_tensor_parallel_size": "1",
        ]
        let log = try megatron(Fixtures.arguments(mixture) + Fixtures.steps([1], of: 1) { _ in 1000 })
        let configuration = try #require(log.measured.configuration)
        #expect(configuration.strategy["recompute-modules"] == "layernorm+moe_act" && configuration.strategy["etp"] == "1")
        #expect(configuration.strategy["layout"] == "1+2+2+1+1+1+0+0" && configuration.strategy["vpp"] == "2")
        #expect(configuration.precision == .fp8 && configuration.optimizer == .adamBF16Moments)
        let experts = try #require(configuration.model?.experts)
        #expect(experts.firstDenseLayers == 2 && experts.width == 1024 && experts.perToken == 2)
        #expect(configuration.model?.attention?.window?.size == 128)
        // The tokenizer's vocabulary counts, which is printed after the arguments.
        let padded = Fixtures.arguments() + " > padded vocab (size: 128256) with 256 dummy tokens (new size: 128512)\n"
        #expect(try megatron(padded + Fixtures.steps([1], of: 1) { _ in 1 }).measured.configuration?.model?.vocabulary == 128_256)
    }

    @Test func `sizes of two levels of context parallelism are a list of numbers`() throws {
        let nested = [
            "context_parallel_size": "8", "cp_comm_type": "['a2a+p2p']", "hierarchical_context_parallel_sizes": "[2, 4]",
        ]
        let log = try megatron(Fixtures.arguments(nested) + Fixtures.steps([1], of: 1) { _ in 1000 })
        let configuration = try #require(log.measured.configuration)
        #expect(configuration.strategy["cp-kind"] == "hierarchical" && configuration.strategy["cp-inner"] == "2")
    }

    @Test(arguments: ["0: ", "[1,0]<stdout>:", "[default0]:", "node-3: "])
    func `labels of launchers are passed over`(label: String) throws {
        let steps = Fixtures.steps([1, 2], of: 2) { 1000 * Double($0) }.split(separator: "\n").map { "\(label)\($0)\n" }.joined()
        let log = try megatron(Fixtures.arguments(label: label) + steps)
        #expect(log.measured.steps.map(\.seconds) == [1, 2])
        #expect(log.measured.configuration?.strategy["pp"] == "4")
    }

    @Test func `a log that ends in the middle`() throws {
        let whole = Fixtures.steps([1, 2, 3], of: 20) { _ in 9876.5 }
        let line = try #require(whole.split(separator: "\n", omittingEmptySubsequences: false).last { !$0.isEmpty })
        // Wherever the last line ends: the step counts only once its time is followed by the separator.
        for length in 1..<line.count {
            let cut = whole.dropLast(line.count + 1) + line.prefix(length)
            let log = try megatron(String(cut))
            let isWhole = line.prefix(length).contains("(ms): 9876.5 |")
            #expect(log.measured.steps.count == (isWhole ? 3 : 2), "after \(line.prefix(length))")
            let saysSo = log.notes == ["line 3 is cut in the middle of a step, which is left out"]
            #expect(saysSo == (!isWhole && line.prefix(length).contains("| consumed samples:")))
        }
        let arguments = Fixtures.arguments()
        let log = try megatron(String(arguments.prefix(arguments.count / 2)) + "\n" + whole)
        #expect(log.measured.steps.count == 3 && log.measured.configuration == nil)
        #expect(log.notes == ["the list of arguments that begins in line 1 is cut, so that it is not read"])
    }

    @Test func `two ranks that write at once`() throws {
        let one = Fixtures.steps([7], of: 20) { _ in 7000 }.dropLast()
        let two = Fixtures.steps([8], of: 20) { _ in 8000 }
        #expect(try megatron("\(one)\(two)").measured.steps.map(\.seconds) == [7, 8])
        // A line of another rank inside the arguments.
        let text = Fixtures.arguments().replacing("  num_layers ", with: "/usr/lib/python3/warn.py:3: UserWarning: x\n  num_layers ")
        #expect(try megatron(text + two).measured.configuration?.model?.layers == 32)
    }

    @Test func `a job that was started several times`() throws {
        let first = Fixtures.arguments() + Fixtures.steps([1, 2, 3, 4], of: 20) { _ in 1000 }
        let second = Fixtures.arguments(["micro_batch_size": "2"]) + Fixtures.steps([3, 4, 5], of: 20) { _ in 2000 }
        let log = try megatron(first + second)
        #expect(log.starts.count == 2)
        #expect(log.measured.steps.map(\.seconds) == [2, 2, 2])
        #expect(log.measured.configuration?.strategy["micro-batch-size"] == "2")
        #expect(log.notes.count == 1 && log.notes[0].hasPrefix("training was started 2 times; the start at line "))
        // Without a list of arguments the numbers tell: from 6 back to 3.
        let bare = Fixtures.steps([4, 5, 6, 3, 4], of: 20) { 1000 * Double($0) }
        #expect(try megatron(bare).measured.steps.map(\.iteration) == [3, 4])
        // The last start died at once; the one before it is measured, and the death is told.
        let died = try megatron(first + Fixtures.arguments() + "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB\n")
        #expect(died.measured.steps.count == 4)
        #expect(died.notes.contains { $0.hasPrefix("another start ran out of memory at line ") })
    }

    @Test func `running out of memory`() throws {
        let log = try megatron(Fixtures.arguments() + "[rank3]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 4.00 GiB.\n")
        #expect(log.measured.outOfMemoryLine == 53 + 2)
        #expect(log.measured.steps.isEmpty && log.measured.configuration?.gpus == 64)
    }

    @Test func `TorchTitan's steps from its coloured lines`() throws {
        let log = try titan(
            Fixtures.titanStart + Fixtures.titanSteps([1]) { _ in "812" }
                + Fixtures.titanSteps([10, 20], memory: 61.5) { "\($0 / 10),204" }
                + Fixtures.titan("\u{1B}[33mvalidate step: 20  \u{1B}[32mloss:  7.1234  memory: 79.00GiB(99.00%)  tps: 9,999"))
        #expect(log.measured.steps.map(\.iteration) == [1, 10, 20])
        #expect(log.measured.steps.map(\.tokensPerSecond) == [812, 1204, 2204])
        #expect(log.measured.memory.reserved == 61.5 && log.measured.memory.allocated == nil)
        let configuration = try #require(log.measured.configuration)
        let wanted = [
            "tp": "2", "pp": "2", "vpp": "2", "dp": "4", "shard-group": "4", "micro-batch-size": "1", "schedule": "interleaved",
            "recompute": "selective", "optimizer-sharding": "zero2",
        ]
        for (key, value) in wanted { #expect(configuration.strategy[key] == value, "\(key)") }
        #expect(configuration.gpus == 16 && configuration.globalBatch == 64 && configuration.modelName == "llama-3.1-8b")
        #expect(configuration.notes.count == 1)
    }

    @Test func `the configuration that TorchTitan prints`() throws {
        let json = """
            Running with configs: {
              "job": {"config_file": "x.toml", "print_config": true},
              "model": {"name": "llama3", "flavor": "8B", "converters": ["quantize.linear.float8"]},
              "training": {"local_batch_size": 8, "global_batch_size": -1, "seq_len": 4096, "mixed_precision_param": "bfloat16"},
              "parallelism": {
                "data_parallel_replicate_degree": 1, "data_parallel_shard_degree": -1, "fsdp_reshard_after_forward": "never",
                "tensor_parallel_degree": 2, "context_parallel_degree": 1, "pipeline_parallel_degree": 2,
                "pipeline_parallel_schedule": "Interleaved1F1B", "pipeline_parallel_microbatch_size": 1,
                "module_fqns_per_model_part": null
              },
              "activation_checkpoint": {"mode": "full", "selective_ac_option": "2"}
            }
            """
        let log = try titan(Fixtures.titan(json) + Fixtures.titanStart + Fixtures.titanSteps([1]) { _ in "812" })
        let configuration = try #require(log.measured.configuration)
        #expect(configuration.strategy["recompute"] == "full" && configuration.strategy["optimizer-sharding"] == "zero2")
        #expect(configuration.sequenceLength == 4096 && configuration.precision == .fp8)
        // Sizes that the configuration leaves open come from the mesh and the trainer.
        #expect(configuration.strategy["dp"] == "4" && configuration.gpus == 16 && configuration.globalBatch == 64)
        #expect(configuration.unread.isEmpty)
    }

    @Test func `ranks of TorchTitan that all log`() throws {
        let steps = (1...4).map { step in
            Fixtures.titanSteps([step], memory: 40) { _ in "1,000" }
                + Fixtures.titanSteps([max(1, step - 1), step], memory: 50) { _ in "900" }
        }
        let log = try titan(Fixtures.titanStart + Fixtures.titanStart + steps.joined())
        #expect(log.starts.count == 1)
        // The slowest rank's rate and the largest memory.
        #expect(log.measured.steps.map(\.tokensPerSecond) == [900, 900, 900, 900])
        #expect(log.measured.memory.reserved == 50)
        let again = try titan(Fixtures.titanStart + steps.joined() + Fixtures.titanStart + Fixtures.titanSteps([3, 4]) { _ in "700" })
        #expect(again.measured.steps.map(\.tokensPerSecond) == [700, 700])
    }

    @Test(arguments: [
        ("", TrainingLog.Framework.megatron, "run.log:1:1: the log is empty; name one that training wrote"),
        ("\n \n", .torchtitan, "run.log:1:1: the log is empty; name one that training wrote"),
        ("loading\nstill loading\n", .megatron, "run.log:2:1: no step is logged before the log ends; a step is a line with"),
        (
            LogFixtures.titanSteps([1]) { _ in "812" }, .megatron,
            "run.log:1:1: this is a step of torchtitan, not of megatron; write torchtitan:run.log"
        ),
        (
            LogFixtures.steps([1], of: 2) { _ in 1 }, .torchtitan,
            "run.log:1:1: this is a step of megatron, not of torchtitan; write megatron:run.log"
        ),
        (
            LogFixtures.arguments() + "Traceback\n", .megatron,
            "run.log:55:1: training started at line 1 and no step is logged before the log ends"
        ),
        (LogFixtures.arguments(["num_layers": "many"]) + LogFixtures.steps([1], of: 1) { _ in 1 }, .megatron, "run.log:32:1: found 'many'"),
    ])
    func `files that are no such log are refused with the place`(text: String, framework: TrainingLog.Framework, message: String) {
        #expect { try TrainingLog.parse(text: text, file: "run.log", framework) } throws: { "\($0)".hasPrefix(message) }
    }

    @Test(arguments: ["run.log", "megatorn:run.log", "megatron:", ":run.log", "wandb"])
    func `a log needs its framework`(spec: String) {
        #expect { try TrainingLog.read(spec: spec) } throws: { "\($0)".contains("write one of megatron:FILE, torchtitan:FILE, ") }
    }
}
