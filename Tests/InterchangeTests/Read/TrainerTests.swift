import Documents
import Hardware
import Parallelism
import Testing
import Workload

@testable import Interchange

/// What trainers on Hugging Face's Trainer are told.
struct TrainerTests {
    @Test(arguments: [
        ("meta-llama/Meta-Llama-3-8B-Instruct", "llama-3.1-8b"), ("NousResearch/Llama-2-7b-hf", "llama-2-7b"),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507", "qwen3-235b-a22b"), ("unsloth/Qwen2.5-7B-Instruct-bnb-4bit", "qwen2.5-7b"),
        ("mistralai/Mistral-7B-v0.1", "mistral-7b"), ("./models/gemma-3-27b-it", "gemma-3-27b"), ("deepseek-ai/DeepSeek-R1", "deepseek-v3"),
    ])
    func modelsOfTheHub(path: String, name: String) throws {
        #expect(HubModels.shipped(path) == name)
        _ = try ExportFixtures.model(name)
    }

    /// Mistral's third version has a vocabulary of its own, and a fine-tuned model of some name may be anything.
    @Test(arguments: ["mistralai/Mistral-7B-v0.3", "my-org/assistant-7b"])
    func otherModelsAreNotGuessed(path: String) { #expect(HubModels.shipped(path) == nil) }

    @Test(arguments: [
        ("fsdp_sharding_strategy", "fsdp_config.fsdp_sharding_strategy"), ("zero_stage", "deepspeed_config.zero_stage"),
        ("megatron_lm_tp_degree", "megatron_lm_config.megatron_lm_tp_degree"),
        ("parallelism_config_cp_size", "parallelism_config.parallelism_config_cp_size"), ("num_processes", "num_processes"),
    ])
    func keysOfOptions(flag: String, key: String) { #expect(AccelerateFlags.key(flag) == key) }

    @Test func whatSaysOnlyHowProgramsStart() { for flag in ["use_fsdp", "rdzv_conf", "m"] { #expect(AccelerateFlags.key(flag) == nil) } }

    /// Axolotl's expressions name what is trained; all else is frozen.
    @Test func trainedParts() throws {
        let model = try ExportFixtures.model("llama-2-7b")
        let parts = try #require(TrainedParts(expressions: ["^lm_head.weight$", "^model\\.layers\\.(30|31)\\."]))
        #expect(parts.method(for: model).frozen.text == "embedding,layers:0-29")
        #expect(TrainedParts(expressions: ["model.layers.2[0-9]+.block_sparse_moe.gate"]) == nil)
        #expect(TrainedParts(expressions: ["^model.embed_tokens.weight$[:32000]"]) == nil)
    }

    @Test func secretsOfFilesAreWithheld() {
        let text = "wandb_api_key: abc\nhub_token: 'x y'\nmax_tokens: 4096\n\"password\": \"p\", \"eos_token\": null\n"
        let kept = CapturedStarts.withoutSecrets(text)
        for secret in ["abc", "x y", "\"p\""] { #expect(!kept.contains(secret)) }
        for other in ["max_tokens: 4096", "\"eos_token\": null"] { #expect(kept.contains(other)) }
    }

    /// A capture is read as it was written, configuration files and all.
    @Test func capturesKeepFiles() throws {
        let start = CapturedStarts.Start(words: ["deepspeed", "a.py"], directory: "/x", environment: [:], files: ["c/ds.json": "{}\n"])
        let captured = CapturedStarts(command: ["bash", "t.sh"], starts: [start])
        #expect(try CapturedStarts.parse(text: JSONWriter.text(captured.document), file: "run.json") == captured)
    }
}
