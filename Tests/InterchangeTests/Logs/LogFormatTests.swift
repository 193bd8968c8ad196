import Documents
import Foundation
import Interchange
import Testing

/// A line or two of every program, in the words of its own format strings.
@Suite struct LogFormatTests {
    private func steps(_ text: String, _ framework: TrainingLog.Framework?) throws -> [TrainingLog.Step] {
        try TrainingLog.parse(text: text, file: "run.log", framework).measured.steps
    }

    @Test func `Megatron-LM before consumed samples, and Megatron-DeepSpeed's seconds`() throws {
        let old =
            " iteration      100/  320000 | elapsed time per iteration (ms): 7841.3 | learning rate: 1.500E-04 | lm loss: 6.1E+00 | loss scale: 1 |\n"
        let bloom =
            "[default7]: iteration    12695/  115311 | consumed samples:      9841584 | consumed tokens:  20155564032 | elapsed time per iteration "
            + "(s): 105.22 | learning rate: 5.969E-05 | global batch size:  2048 | lm loss: NaN | grad norm: nan | number of skipped iterations:   1 |\n"
        let argonne =
            "[2024-04-21 02:45:40][INFO][training:1251] -  iteration=       3/  317892 | consumed_samples=         768 | "
            + "elapsed_time_per_iteration_ms=16032.2 | learning_rate=1.5e-07 | global_batch_size=  256 | lm loss=11.1 |\n"
        let neox =
            "10.0.0.1:  samples/sec: 23.455 | iteration       10/  320000 | elapsed time per iteration (ms): 43658.4 | learning rate: 9E-06 | "
            + "approx flops per GPU: 118.9TFLOPS | lm_loss: 1.0E+01 | number of skipped iterations:   0 |\n"
        #expect(try steps(old, .megatron).map(\.seconds) == [7.8413])
        let large = try steps(bloom, .megatron)
        #expect(large.map(\.seconds) == [105.22] && large.map(\.batch) == [2048] && large.map(\.iteration) == [12695])
        let fork = try steps(argonne, .megatron)
        #expect(fork.count == 1 && abs((fork[0].seconds ?? 0) - 16.0322) < 1e-9 && fork[0].batch == 256 && fork[0].iteration == 3)
        #expect(try steps(neox, .neox).map(\.seconds) == [43.6584])
        #expect(try steps(neox, nil).map(\.iteration) == [10])
    }

    @Test func `TorchTitan of early, middle and late 2024`() throws {
        let early = "2024-03-01 10:00:00,000 - root - INFO - \u{1B}[36mstep:  1  \u{1B}[32mloss: 10.8  \u{1B}[39miter:  4.5000  data: 0.1\n"
        #expect(try steps(early, .torchtitan).map(\.seconds) == [4.5])
        let middle =
            "[rank0]:2024-08-11 17:34:01,000 - root - INFO - step: 10  loss:  7.2777  memory: 34.40GiB(36.20%)  wps: 5,763  mfu: 33.93%\n"
        #expect(try steps(middle, .torchtitan).map(\.tokensPerSecond) == [5763])
        #expect(try TrainingLog.parse(text: middle, file: "x", nil).measured.memory.reserved == 34.4)
    }

    @Test func `lines that a terminal wrapped, and arguments of GPT-NeoX`() throws {
        let whole = LogFixtures.steps([7], of: 20) { _ in 9876.5 }
        let wrapped = { (length: Int) in String(whole.prefix(length)) + "\n" + String(whole.dropFirst(length)) }
        // Wherever behind the samples it is wrapped, the step is read once.
        for length in 90..<(whole.count - 1) {
            #expect(try steps(wrapped(length), .megatron).map(\.seconds) == [9.8765], "after \(length)")
        }
        let neox = "-------------------- arguments --------------------\n  hidden_size ..................... 4096updated\n" + whole
        #expect(try steps(neox, .neox).count == 1)
    }

    @Test func `TorchTitan of 2024 tells its mesh and its batch`() throws {
        let text =
            "[rank0]:2024-08-11 17:33:01,000 - root - INFO - Building 2-D device mesh with ['dp', 'tp'], [8, 4]\n"
            + "[rank0]:2024-08-11 17:33:01,000 - root - INFO - Model llama3 8B size: 8,030,261,248 total parameters\n"
            + "[rank0]:2024-08-11 17:33:01,000 - root - INFO - Training starts at step 1, with local batch size 1, global batch size 8, "
            + "sequence length 8192, total steps 1000 (warmup 200)\n"
            + "[rank0]:2024-08-11 17:34:01,000 - root - INFO - step: 10  loss:  7.2777  memory: 34.40GiB(36.20%)  wps: 5,763  mfu: 33.93%\n"
        let configuration = try #require(try TrainingLog.parse(text: text, file: "x", nil).measured.configuration)
        #expect(configuration.gpus == 32 && configuration.strategy["tp"] == "4" && configuration.strategy["dp"] == "8")
        #expect(configuration.globalBatch == 8 && configuration.sequenceLength == 8192 && configuration.modelName == "llama-3.1-8b")
    }

    @Test func `NeMo's lines and bars`() throws {
        let two =
            "Training epoch 0, iteration 7/99 | lr: 1.5e-07 | global_batch_size: 128 | global_step: 7 | peak_memory_usage: 53687091200 | "
            + "reduced_train_loss: 11.03 | train_step_timing in s: 9.87 | consumed_samples: 1024\n"
        let log = try TrainingLog.parse(text: two, file: "x", .nemo)
        #expect(log.measured.steps.map(\.seconds) == [9.87] && log.measured.steps[0].batch == 128 && log.measured.memory.allocated == 50)
        // One bar over another in one line; numbers shortened past a thousand; the batch from what is consumed between two steps.
        let one =
            "\rEpoch 0: :  26%|██▌       | 26/100 [05:19<07:13, v_num=0, reduced_train_loss=11.5, global_step=25.00, "
            + "consumed_samples=6656.0, train_step_timing in s=12.50]"
            + "\rEpoch 0: :  27%|██▋       | 27/100 [05:31<07:01, v_num=0, reduced_train_loss=nan, global_step=26.00, "
            + "consumed_samples=6912.0, train_step_timing in s=12.40]\n"
        let bars = try steps(one, .nemo)
        #expect(bars.map(\.iteration) == [26, 27] && bars.map(\.seconds) == [12.5, 12.4] && bars.map(\.batch) == [nil, 256])
        let late =
            "Epoch 0: :   0%|          | 2000/603000 [1:03:17<317:00:58, v_num=, reduced_train_loss=2.600, global_step=2e+3, "
            + "consumed_samples=1.28e+6, train_step_timing in s=1.900, val_loss=2.800]\n"
        #expect(try steps(late, .nemo).map(\.iteration) == [2000])
        let lightning =
            "Epoch 1:  40%|████      | 40/100 [00:20<00:30,  2.00it/s, loss=3.1, v_num=3]\nValidation:  5%|▌ | 1/20 [00:01<00:19, 1.00it/s]\n"
        #expect(try steps(lightning, .nemo).map(\.seconds) == [0.5])
    }

    @Test func `DeepSpeed's rates, pipelines and breakdown`() throws {
        let timer =
            "[2023-06-21 03:45:55,424] [INFO] [timer.py:199:stop] epoch=1/micro_step=926/global_step=1880, RunningAvgSamplesPerSec=6.6, "
            + "CurrSamplesPerSec=6.368302, MemAllocated=7.79GB, MaxMemAllocated=10.55GB\n"
        let log = try TrainingLog.parse(text: timer, file: "x", nil)
        #expect(log.framework == .deepspeed && log.measured.steps.map(\.pace) == [.samples(6.368302)])
        #expect(log.measured.steps[0].iteration == 1880 && log.measured.memory.allocated == 10.55)
        #expect(log.measured.steps[0].pace.seconds(batch: 64, sequence: 1, gpus: 8) == 64 / 6.368302)
        let pipeline = "steps: 200 loss: 5.5508 lm loss: 5.5103 iter time (s): 0.936 samples/sec: 136.706\n"
        #expect(try steps(pipeline, .deepspeed).map(\.seconds) == [0.936])
        let breakdown =
            "[2024-04-21 02:45:40,722] [INFO] [logging.py:96:log_dist] [Rank 0] step=3, skipped=0, lr=[1.5e-07], mom=[(0.9, 0.999)]\n"
            + "[2024-04-21 02:45:40,723] [INFO] [logging.py:96:log_dist] [Rank 0] time (ms) | fwd: 3865.91 | bwd: 11249.43 | bwd_inner: 10520.18 "
            + "| bwd_allreduce: 729.09 | step: 888.45\n"
        let parts = try steps(breakdown, .deepspeed)
        #expect(parts.count == 1 && parts[0].iteration == 3 && abs((parts[0].seconds ?? 0) - 16.00379) < 1e-9)
        // Megatron-DeepSpeed logs both; its own lines count.
        #expect(try TrainingLog.parse(text: timer + LogFixtures.steps([1], of: 2) { _ in 1000 }, file: "x", nil).framework == .megatron)
    }

    @Test func `the trainer of Transformers`() throws {
        let summary =
            "{'loss': 1.0, 'grad_norm': 0.61, 'learning_rate': 1.9e-05, 'epoch': 0.01}\n"
            + "{'train_runtime': 3121.5, 'train_samples_per_second': 12.3, 'train_steps_per_second': 0.096, 'train_loss': 1.21, 'epoch': 1.0}\n"
        let whole = try TrainingLog.parse(text: summary, file: "x", .huggingface)
        #expect(whole.measured.steps.map(\.seconds) == [1 / 0.096] && whole.measured.steps[0].isWholeRun)
        #expect(whole.notes.contains { $0.contains("mean of the whole run") })
        // With the number of steps, the runtime has more digits: 3121.5 s over 300.
        let state =
            "{\n  \"global_step\": 300,\n  \"log_history\": [\n    {\"epoch\": 1.0, \"train_runtime\": 3121.5, \"train_steps_per_second\": 0.096}\n  ]\n}\n"
        #expect(try steps(state, .huggingface).map(\.seconds) == [3121.5 / 300])
        let bars =
            "  0%|          | 0/300 [00:00<?, ?it/s]\r  1%|▏         | 3/300 [00:31<51:00, 10.30s/it]\r"
            + "{'loss': 1.1, 'epoch': 0.02}\r  2%|▏         | 6/300 [01:02<50:00, 10.20s/it]\n"
            + " 50%|█████     | 10/20 [00:01<00:01, 9.00it/s]\nLoading checkpoint shards: 100%|██████████| 4/4 [00:10<00:00,  2.50s/it]\n"
        let seen = try steps(bars, .huggingface)
        #expect(seen.map(\.iteration) == [3, 6] && seen.map(\.seconds) == [10.3, 10.2])
    }

    @Test func `llm-foundry, nanotron, metaseq, LitGPT and torchtune`() throws {
        let foundry =
            "[batch=5/4800]:\n\t Train time/batch: 4\n\t Train throughput/batches_per_sec: 0.1250\n\t Train memory/peak_reserved_mem: 53.6870912\n"
        let log = try TrainingLog.parse(text: foundry, file: "x", nil)
        #expect(log.framework == .foundry && log.measured.steps.map(\.seconds) == [8] && log.measured.steps[0].iteration == 5)
        #expect(abs((log.measured.memory.reserved ?? 0) - 50) < 1e-9)
        let nanotron =
            "[default0]:11/02/2024 10:00:00 [INFO|DP=0|PP=0|TP=0|nid1]: iteration: 7 / 100 | consumed_tokens: 918K | elapsed_time_per_iteration_ms: "
            + "1.52K | tokens_per_sec: 86.3K | tokens_per_sec_per_gpu: 43.1K | global_batch_size: 64 | lm_loss: 9.1 | cuda_max_memory_reserved: 40G\n"
        let nano = try TrainingLog.parse(text: nanotron, file: "x", nil)
        #expect(nano.measured.steps.map(\.seconds) == [1.52] && nano.measured.steps[0].batch == 64 && nano.measured.memory.reserved == 40)
        let metaseq =
            "2021-03-08 12:32:33 | INFO | train_inner | {\"epoch\": 1, \"ppl\": \"91120.8\", \"wps\": \"0\", \"ups\": \"0\", \"wpb\": \"16384\", \"num_updates\": \"1\"}\n"
            + "2021-03-08 12:32:33 | INFO | train_inner | {\"epoch\": 1, \"ppl\": \"89281.6\", \"wps\": \"4096\", \"ups\": \"0.2\", \"wpb\": \"16384\", \"num_updates\": \"2\"}\n"
        #expect(try steps(metaseq, nil).map(\.seconds) == [4])
        let lit =
            "Epoch 1 | iter 8 step 2 | loss train: 1.234, val: n/a | iter time: 250.00 ms (step)\n"
            + "Epoch 1 | iter 12 step 3 | loss train: 1.234, val: n/a | iter time: 260.00 ms (step)\n"
        #expect(try steps(lit, nil).map(\.seconds) == [1, 1.04])
        #expect(try steps("iter 100 step 100: loss 1.2345, iter time: 123.00ms (optimizer.step)\n", .litgpt).map(\.seconds) == [0.123])
        #expect(
            try steps("Step 10 | loss:1.5 lr:2e-05 tokens_per_second_per_gpu:1234.5 peak_memory_reserved:40.1 \n", nil).map(
                \.tokensPerSecond) == [1234.5])
        #expect(try steps("1|12|Loss: 1.23:  15%|█▌        | 12/80 [00:10<01:00,  2.00s/it]\n", .torchtune).map(\.seconds) == [2])
    }

    @Test func `MLPerf's events`() throws {
        func line(_ time: Int, _ key: String, _ value: String, _ metadata: String) -> String {
            "0: :::MLLOG {\"namespace\": \"\", \"time_ms\": \(time), \"event_type\": \"POINT_IN_TIME\", \"key\": \"\(key)\", \"value\": \(value), "
                + "\"metadata\": {\"file\": \"x.py\", \"lineno\": 1\(metadata)}}\n"
        }
        let batch = line(0, "global_batch_size", "8", "")
        let stats = line(1000, "tracked_stats", "{\"throughput\": 4.0}", ", \"step\": 10")
        let rated = try steps(batch + stats, nil)
        #expect(rated.map(\.pace) == [.samples(4)] && rated[0].batch == 8)
        let gpt = line(0, "submission_benchmark", "\"gpt3\"", "") + stats
        #expect(try steps(gpt, .mlperf).map(\.pace) == [.tokens(4)])
        let timed = line(1000, "tracked_stats", "{\"train_step_time\": 2.5, \"reduced_train_loss\": 1.3}", ", \"samples_count\": 80")
        #expect(try steps(batch + timed, .mlperf).map(\.seconds) == [2.5])
        // A block from sample 0 to 64 in 40 s: eight steps of 5 s.
        let blocks =
            line(1000, "block_start", "\"\"", ", \"samples_count\": 0") + line(41_000, "block_stop", "\"\"", ", \"samples_count\": 64")
        #expect(try steps(batch + blocks, .mlperf).map(\.seconds) == [5])
        #expect(throws: DocumentError.self) { try steps(blocks, .mlperf) }
    }

    @Test(arguments: [
        ("Step,run-1 - train/iteration-time,run-1 - train/iteration-time__MIN\n10,2.5,1\n20,2.25,1\n", [2.5, 2.25]),
        ("\"_step\",\"train/loss\",\"throughput/batches_per_sec\"\n\"1\",\"3\",\"0.5\"\n\"2\",\"\",\"\"\n\"3\",\"3\",\"0.25\"\n", [2, 4]),
        ("_step,elapsed_time_per_iteration_ms\n1,2500\n", [2.5]),
        ("_step,train/loss,_runtime\n0,3,10\n10,3,35\n20,3,55\n", [2.5, 2]),
    ])
    func `tables of Weights & Biases`(text: String, times: [Double]) throws {
        #expect(try steps(text, .wandb).map(\.seconds) == times)
        #expect(try TrainingLog.parse(text: text, file: "x", nil).framework == .wandb)
    }

    @Test func `the columns of a table say what a rate is of`() throws {
        let both = "_step,throughput/tokens_per_sec,throughput/device/tokens_per_sec\n1,8000,1000\n"
        #expect(try steps(both, .wandb).map(\.pace) == [.tokensPerGPU(1000)])
        #expect(try steps("iteration,tokens_per_sec\n1,8000\n", .wandb).map(\.pace) == [.tokens(8000)])
        #expect(throws: DocumentError.self) { try steps("_step,train/loss\n1,3\n", .wandb) }
    }

    @Test func `what fits several programs, or none, is refused with the kinds`() throws {
        let nanotron = "iteration: 7 / 100 | elapsed_time_per_iteration_ms: 1.52K | lm_loss: 9.1\n"
        #expect { try steps(nanotron + LogFixtures.steps([1], of: 2) { _ in 1 }, nil) } throws: {
            "\($0)".contains("it has steps of megatron and nanotron; write megatron:run.log or nanotron:run.log")
        }
        #expect { try steps("nothing here\n", nil) } throws: { "\($0)".contains("KIND one of megatron, torchtitan, nemo, ") }
        #expect { try steps(" \n", nil) } throws: { "\($0)".contains("the log is empty") }
    }

    @Test func `the batch of the lines, while it ramps up and after`() throws {
        func line(_ step: Int, _ batch: Int) -> String {
            " iteration \(step)/ 100 | consumed samples: 1 | elapsed time per iteration (ms): 1000.0 | global batch size:   \(batch) |\n"
        }
        let ramp = (1...4).map { line($0, 32 * $0) } + (5...20).map { line($0, 256) }
        let steady = try #require(try TrainingLog.parse(text: ramp.joined(), file: "x", .megatron).measured.steadyBatch)
        #expect(steady.batch == 256 && steady.steps.count == 16 && steady.others == 4)
        let changing = (1...20).map { line($0, 32 * $0) }.joined()
        #expect(try TrainingLog.parse(text: changing, file: "x", .megatron).measured.steadyBatch == nil)
    }

    @Test func `numbers beyond all sense trap nowhere`() throws {
        let nanotron = "iteration: 7 / 100 | elapsed_time_per_iteration_ms: 1.52K | global_batch_size: 9e300T | lm_loss: 9.1\n"
        #expect(try steps(nanotron, .nanotron).map(\.batch) == [nil])
        #expect(try steps("_step,step_time,batch_size\n1,2,nan\n2,2,1e300\n", .wandb).map(\.batch) == [nil, nil])
        let summary = "{'train_runtime': 9e300, 'train_steps_per_second': 9e300}\n{\"global_step\": 9e300}\n"
        #expect(try steps(summary, .huggingface).count == 1)
        let none = " iteration 1/ 2 | consumed samples: 1 | elapsed time per iteration (ms): 1.0 | global batch size:   0 |\n"
        #expect(try steps(none, .megatron).map(\.batch) == [nil])
    }

    @Test func `work between steps is told`() throws {
        let text =
            LogFixtures.steps([1, 2], of: 4) { _ in 1 } + "saving checkpoint at iteration       2 to /ckpt in torch_dist format\n"
            + "  successfully saved checkpoint from iteration       2 to /ckpt\n" + LogFixtures.steps([3], of: 4) { _ in 1 }
            + " validation loss at iteration 3 | lm loss value: 1.0 |\n"
        let work = try TrainingLog.parse(text: text, file: "x", .megatron).measured.work
        #expect(work.map(\.kind) == [.checkpoint, .evaluation] && work.map(\.after) == [2, 3])
    }

    @Test func `a file in parts has the lines of the whole`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "meshwright-log-\(UUID()).log")
        defer { try? FileManager.default.removeItem(at: file) }
        // More than two blocks of a MiB, so that lines lie across their borders.
        let text = LogFixtures.steps(Array(1...8000), of: 8000) { Double($0) }
        try Data(text.utf8).write(to: file)
        let log = try TrainingLog.read(spec: "megatron:\(file.path)")
        #expect(log.measured.steps.count == 8000 && log.measured.steps.last?.line == 8000 && log.measured.steps.last?.seconds == 8)
    }
}
