python -m torchtitan.train --module my_company.experiments --config llama3_ablation_7 --training.steps 10
